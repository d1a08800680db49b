#ifndef JOTMILL_JOTMILL_H_
#define JOTMILL_JOTMILL_H_

/*
 * The C interface of jotmill: verify captured JSON Web Tokens in memory. C11, and C++.
 *
 * Use: fill a jotmill_options, make a jotmill_engine of it, verify, ask for the report, free both.
 *
 * Answers: every function that can fail returns a jotmill_code, JOTMILL_OK being 0, and writes a
 * message to the jotmill_error that it is given, if any. A bad token is no error: it has a verdict.
 * After an error every out parameter is untouched unless its function says otherwise, and nothing
 * has to be freed. No function prints, exits or lets a C++ exception out. No message holds a token
 * or key material; text from keys and options in it is escaped.
 *
 * Threads: different objects may be used by different threads at once. One object may be used by
 * one thread at a time. jotmill_engine_clone() makes an engine for another thread that shares the
 * keys. Nothing here keeps state outside its objects.
 *
 * Memory: a pointer to NULL may be freed. Text that is passed in is read during the call and not
 * kept, except by jotmill_options, which copies it.
 *
 * Stability: within one major version of the shared library functions, codes and members are only
 * added. Structures do not change; jotmill_answer has room for more.
 */

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define JOTMILL_API __attribute__((visibility("default")))
#else
#define JOTMILL_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Version of this header; jotmill_abi_version() is that of the library. */
#define JOTMILL_ABI_VERSION 1

typedef enum jotmill_code {
  JOTMILL_OK = 0,
  JOTMILL_E_ARGUMENT = 1,    /* an argument that the function does not take */
  JOTMILL_E_USAGE = 2,       /* options that contradict each other or cannot be met */
  JOTMILL_E_KEYS = 3,        /* a key file or set that is refused whole */
  JOTMILL_E_NO_KEYS = 4,     /* no key at all was given */
  JOTMILL_E_UNREADABLE = 5,  /* a file that cannot be opened or read */
  JOTMILL_E_FORMAT = 6,      /* a report that is not what it should be */
  JOTMILL_E_UNSUPPORTED = 7, /* asked for something that this build does not have */
  JOTMILL_E_NO_MEMORY = 8,   /* memory ran out; objects can be freed, options used again, and an
                                engine where its function says so */
  JOTMILL_E_INTERNAL = 9     /* a library failed, or a broken invariant */
} jotmill_code;

/* Filled by a function that fails; untouched by one that does not. Owned by the caller. */
typedef struct jotmill_error {
  int32_t code;      /* jotmill_code */
  char message[508]; /* UTF-8, one line, ends in NUL; cut where it is too long */
} jotmill_error;

/* Bytes with a length; need not end in NUL and may hold any byte. data may be NULL if len is 0. */
typedef struct jotmill_text {
  const char* data;
  size_t len;
} jotmill_text;

/* "0.1.0": version of the library. A constant. */
JOTMILL_API const char* jotmill_version(void);
JOTMILL_API uint32_t jotmill_abi_version(void);
/* A stable name for a code, e.g. "no_keys". A constant, also for a code that is unknown. */
JOTMILL_API const char* jotmill_code_name(int32_t code);

/* ---------------------------------------------------------------------------------------------- */
/* Options: keys, policy, and what to report. All defaults are those of `jotmill verify`, except */
/* that there is no time to judge at until one is set (JOTMILL_TIME_AS_OF).                       */

typedef struct jotmill_options jotmill_options;

JOTMILL_API int32_t jotmill_options_new(jotmill_options** out, jotmill_error* error);
JOTMILL_API void jotmill_options_free(jotmill_options* options);

/* Keys. JWK, JWK Set, PEM or DER, found out by content; a directory takes all its files. They are
 * read when the engine is made. */
JOTMILL_API int32_t jotmill_options_add_key_file(jotmill_options* options, const char* path,
                                                 jotmill_error* error);
/* The same, in memory; `name` stands for it in messages. The bytes are copied. */
JOTMILL_API int32_t jotmill_options_add_key(jotmill_options* options, const char* name,
                                            jotmill_text content, jotmill_error* error);
/* A raw HMAC secret; `kid` may be NULL. One trailing newline of a file is dropped, which is a
 * warning; of a secret in memory nothing is dropped. */
JOTMILL_API int32_t jotmill_options_add_secret_file(jotmill_options* options, const char* kid,
                                                    const char* path, jotmill_error* error);
JOTMILL_API int32_t jotmill_options_add_secret(jotmill_options* options, const char* kid,
                                               jotmill_text secret, jotmill_error* error);

/* Texts. Those that are lists are added to, one call a value; the others are replaced. */
typedef enum jotmill_text_option {
  JOTMILL_TEXT_ALG = 1,             /* list: allowed algorithms, e.g. "RS256" */
  JOTMILL_TEXT_ISSUER = 2,          /* list: a token must match one */
  JOTMILL_TEXT_AUDIENCE = 3,        /* list, likewise */
  JOTMILL_TEXT_SUBJECT = 4,         /* list, likewise */
  JOTMILL_TEXT_REQUIRE = 5,         /* list: claims that must be present */
  JOTMILL_TEXT_TYP = 6,             /* wanted typ header */
  JOTMILL_TEXT_SHOW = 7,            /* list: claims to copy into answers */
  JOTMILL_TEXT_FINGERPRINT_KEY = 8, /* path of the file with the key of token_id */
  JOTMILL_TEXT_FIELD = 9,           /* list: JSON Pointers of the tokens in a JSON record */
  JOTMILL_TEXT_FORMAT = 10,         /* of records: "auto", "lines", "jsonl", "text", "har" */
  JOTMILL_TEXT_SOURCE = 11,         /* name of what is verified, in records and report; "-" */
  JOTMILL_TEXT_KERNEL = 12          /* list: "NAME=VARIANT", as jotmill verify --kernels */
} jotmill_text_option;
JOTMILL_API int32_t jotmill_options_set_text(jotmill_options* options, int32_t option,
                                             jotmill_text value, jotmill_error* error);

/* Times: seconds, and nanoseconds from 0 to 999,999,999 behind them. Those but AS_OF may not be
 * negative. */
typedef enum jotmill_time_option {
  JOTMILL_TIME_AS_OF = 1, /* Unix time that exp, nbf and iat are judged at; unset: not judged */
  JOTMILL_TIME_LEEWAY_EXP = 2,
  JOTMILL_TIME_LEEWAY_NBF = 3,
  JOTMILL_TIME_LEEWAY_IAT = 4,
  JOTMILL_TIME_MAX_AGE = 5 /* greatest age by iat; unset: not judged */
} jotmill_time_option;
JOTMILL_API int32_t jotmill_options_set_time(jotmill_options* options, int32_t option,
                                             int64_t seconds, uint32_t nanoseconds,
                                             jotmill_error* error);

typedef enum jotmill_number_option {
  JOTMILL_NUMBER_CLAIMS = 1,            /* 1; 0: the signature only */
  JOTMILL_NUMBER_ALLOW_PADDING = 2,     /* 0; a relaxation */
  JOTMILL_NUMBER_ALLOW_WEAK_SECRET = 3, /* 0; a relaxation */
  JOTMILL_NUMBER_MAX_TOKEN_BYTES = 4,   /* 262144; 1 byte to 1 GiB */
  JOTMILL_NUMBER_MAX_RECORD_BYTES = 5,  /* 16777216; 1 byte to 1 GiB */
  JOTMILL_NUMBER_MEMO = 6,              /* 131072: verified signatures that are known again */
  JOTMILL_NUMBER_AS_OF_RECORD = 7,      /* 0; 1: tokens found in records are judged at the time of
                                           their record; excludes JOTMILL_TIME_AS_OF */
  JOTMILL_NUMBER_YEAR = 8,              /* unset: year of syslog times, 1970 to 9999 */
  JOTMILL_NUMBER_CROSS_CHECK = 9        /* 4096: one token in so many is verified again by OpenSSL,
                                           and is internal_error if that disagrees; 0: none */
} jotmill_number_option;
JOTMILL_API int32_t jotmill_options_set_number(jotmill_options* options, int32_t option,
                                               uint64_t value, jotmill_error* error);

/* ---------------------------------------------------------------------------------------------- */
/* Engine: keys and policy made ready, working memory, and the counts of what it has verified. */

typedef struct jotmill_engine jotmill_engine;

/* Reads the keys and chooses kernels. `options` may be freed or changed after it. */
JOTMILL_API int32_t jotmill_engine_new(const jotmill_options* options, jotmill_engine** out,
                                       jotmill_error* error);
/* An engine with the same keys and policy, and no counts. `engine` must not be in use by another
 * thread during this call; after it the two are independent. */
JOTMILL_API int32_t jotmill_engine_clone(const jotmill_engine* engine, jotmill_engine** out,
                                         jotmill_error* error);
JOTMILL_API void jotmill_engine_free(jotmill_engine* engine);

/* What was found while the keys were loaded: refused keys, dropped newlines. NULL behind the last;
 * the text belongs to the engine. */
JOTMILL_API const char* jotmill_engine_warning(const jotmill_engine* engine, size_t index);

/* Where the next token stands: its source, its 1-based line and its offset in bytes, as a record
 * names them. Each token after it is taken to stand on a line of its own, one byte (LF) behind the
 * one before. At the start: JOTMILL_TEXT_SOURCE, line 1, offset 0. A report counts each new source,
 * and one that begins at offset 0 again, as one more input, once something comes from it. */
JOTMILL_API int32_t jotmill_engine_place(jotmill_engine* engine, jotmill_text source, uint64_t line,
                                         uint64_t offset, jotmill_error* error);

#define JOTMILL_NO_KEY UINT32_MAX

/* The answer for one token. alg, kid and detail are the token's own words and not to be trusted
 * before it is accepted; escape them before a terminal or a log sees them. */
typedef struct jotmill_answer {
  const char* verdict;  /* its stable code, "accepted" or the reason; a constant; never NULL */
  int32_t accepted;     /* 1 or 0 */
  uint32_t key;         /* 0-based index in load order of the key it speaks of, or JOTMILL_NO_KEY */
  jotmill_text detail;  /* a short second word; may be empty */
  jotmill_text alg;     /* of the header; data is NULL when unknown */
  jotmill_text kid;     /* likewise */
  jotmill_text claims;  /* JSON object with the claims of JOTMILL_TEXT_SHOW; data NULL: none */
  uint8_t token_id[16]; /* the first bytes of the token's SHA-256, or HMAC with a fingerprint key */
  uint64_t reserved[2]; /* 0 */
} jotmill_answer;

/* Judges tokens; answers[i] is that of tokens[i]. Many at once are faster than one by one. The
 * texts of the answers belong to the engine, until its next jotmill_verify, jotmill_verify_many,
 * place or free. After an error the answers are not to be used. After JOTMILL_E_NO_MEMORY the
 * engine can be used again, but has no report any more. */
JOTMILL_API int32_t jotmill_verify(jotmill_engine* engine, jotmill_text token,
                                   jotmill_answer* answer, jotmill_error* error);
JOTMILL_API int32_t jotmill_verify_many(jotmill_engine* engine, const jotmill_text* tokens,
                                        size_t count, jotmill_answer* answers,
                                        jotmill_error* error);

/* ---------------------------------------------------------------------------------------------- */
/* Reports: JSON, schema jotmill.report/1 (tools/report/README.md), as `jotmill verify --report`. */

/* Everything that the engine has verified so far. *out ends in NUL and is freed with
 * jotmill_string_free; *len (may be NULL) is its length without the NUL. */
JOTMILL_API int32_t jotmill_report_json(const jotmill_engine* engine, char** out, size_t* len,
                                        jotmill_error* error);
/* The sum of reports, as `jotmill merge`: of engines, of programs, of shards. They must have been
 * made with the same policy. `count` is at least 1. */
JOTMILL_API int32_t jotmill_reports_merge(const jotmill_text* reports, size_t count, char** out,
                                          size_t* len, jotmill_error* error);
JOTMILL_API void jotmill_string_free(char* text);

#ifdef __cplusplus
}
#endif

#endif /* JOTMILL_JOTMILL_H_ */
