/* Reads one token a line from standard input and prints a verdict for each, then how many were
 * accepted. Keys: the files on the command line. The C interface, from begin to end. */

#include <jotmill/jotmill.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int complain(const jotmill_error* error) {
  fprintf(stderr, "%s: %s\n", jotmill_code_name(error->code), error->message);
  return 2;
}

int main(int argc, char** argv) {
  jotmill_error error;
  jotmill_options* options = NULL;
  jotmill_engine* engine = NULL;
  int code = jotmill_options_new(&options, &error);
  for (int i = 1; i < argc && code == JOTMILL_OK; ++i)
    code = jotmill_options_add_key_file(options, argv[i], &error);
  /* The time that exp and nbf are judged at. */
  if (code == JOTMILL_OK)
    code = jotmill_options_set_time(options, JOTMILL_TIME_AS_OF, 1800000000, 0, &error);
  if (code == JOTMILL_OK) code = jotmill_engine_new(options, &engine, &error);
  jotmill_options_free(options);
  if (code != JOTMILL_OK) return complain(&error);

  char* line = NULL;
  size_t room = 0;
  unsigned long tokens = 0, accepted = 0;
  for (long len; code == JOTMILL_OK && (len = (long)getline(&line, &room, stdin)) >= 0;) {
    if (len > 0 && line[len - 1] == '\n') --len;
    jotmill_answer answer;
    code = jotmill_verify(engine, (jotmill_text){line, (size_t)len}, &answer, &error);
    if (code != JOTMILL_OK) break;
    ++tokens;
    accepted += answer.accepted == 1;
    puts(answer.verdict); /* alg, kid and detail are the token's own words: escape them first */
  }
  free(line);
  jotmill_engine_free(engine);
  if (code != JOTMILL_OK) return complain(&error);
  fprintf(stderr, "%lu of %lu tokens accepted\n", accepted, tokens);
  return accepted == tokens && tokens > 0 ? 0 : 1;
}
