/* An OpenSSL that finds every signature bad: loaded with LD_PRELOAD into a program under test.
 * Whatever else it does stays OpenSSL's own. */
#include <stddef.h>

int EVP_PKEY_verify(void* context, const unsigned char* signature, size_t signature_len,
                    const unsigned char* digest, size_t digest_len);
int EVP_DigestVerify(void* context, const unsigned char* signature, size_t signature_len,
                     const unsigned char* message, size_t message_len);

int EVP_PKEY_verify(void* context, const unsigned char* signature, size_t signature_len,
                    const unsigned char* digest, size_t digest_len) {
  (void)context, (void)signature, (void)signature_len, (void)digest, (void)digest_len;
  return 0;
}

int EVP_DigestVerify(void* context, const unsigned char* signature, size_t signature_len,
                     const unsigned char* message, size_t message_len) {
  (void)context, (void)signature, (void)signature_len, (void)message, (void)message_len;
  return 0;
}
