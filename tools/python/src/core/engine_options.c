/* Options from a list of tuples: ("key_file", path), ("key", name, bytes), ("secret_file", kid,
 * path), ("secret", kid, bytes), ("text", option, str), ("time", option, s, ns), ("number", option,
 * n); kid may be None. */

#include <string.h>

#include "core.h"

static int32_t add_text(jotmill_options* options, PyObject* setting, jotmill_error* error) {
  int option = 0;
  const char *word = NULL, *text = NULL;
  Py_ssize_t size = 0;
  if (!PyArg_ParseTuple(setting, "sis#", &word, &option, &text, &size)) return -1;
  return jotmill_options_set_text(options, option, (jotmill_text){text, (size_t)size}, error);
}

static int32_t add_secret(jotmill_options* options, PyObject* setting, jotmill_error* error) {
  const char *word = NULL, *kid = NULL, *bytes = NULL;
  Py_ssize_t size = 0;
  if (!PyArg_ParseTuple(setting, "szy#", &word, &kid, &bytes, &size)) return -1;
  return jotmill_options_add_secret(options, kid, (jotmill_text){bytes, (size_t)size}, error);
}

static int32_t add_key(jotmill_options* options, PyObject* setting, jotmill_error* error) {
  const char *word = NULL, *name = NULL, *bytes = NULL;
  Py_ssize_t size = 0;
  if (!PyArg_ParseTuple(setting, "ssy#", &word, &name, &bytes, &size)) return -1;
  return jotmill_options_add_key(options, name, (jotmill_text){bytes, (size_t)size}, error);
}

/* A path is bytes, as the file system has it. */
static int32_t add_file(jotmill_options* options, PyObject* setting, int secret,
                        jotmill_error* error) {
  const char *word = NULL, *kid = NULL, *path = NULL;
  if (!PyArg_ParseTuple(setting, "szy", &word, &kid, &path)) return -1;
  return secret ? jotmill_options_add_secret_file(options, kid, path, error)
                : jotmill_options_add_key_file(options, path, error);
}

static int32_t add_time(jotmill_options* options, PyObject* setting, jotmill_error* error) {
  const char* word = NULL;
  int option = 0;
  long long seconds = 0;
  unsigned int nanoseconds = 0;
  if (!PyArg_ParseTuple(setting, "siLI", &word, &option, &seconds, &nanoseconds)) return -1;
  return jotmill_options_set_time(options, option, seconds, nanoseconds, error);
}

static int32_t add_number(jotmill_options* options, PyObject* setting, jotmill_error* error) {
  const char* word = NULL;
  int option = 0;
  uint64_t number = 0;
  if (!PyArg_ParseTuple(setting, "siO&", &word, &option, as_uint64, &number)) return -1;
  return jotmill_options_set_number(options, option, number, error);
}

/* jotmill_code; -1: a Python exception is set. */
static int32_t add_setting(jotmill_options* options, PyObject* setting, jotmill_error* error) {
  if (!PyTuple_Check(setting) || PyTuple_Size(setting) < 3) {
    PyErr_SetString(PyExc_TypeError, "a setting is a tuple of a word and its values");
    return -1;
  }
  PyObject* word = PyTuple_GetItem(setting, 0);
  const struct {
    const char* word;
    int32_t (*add)(jotmill_options*, PyObject*, jotmill_error*);
  } known[] = {{"text", add_text},
               {"secret", add_secret},
               {"key", add_key},
               {"time", add_time},
               {"number", add_number}};
  for (size_t i = 0; i < sizeof(known) / sizeof(*known); ++i) {
    if (PyUnicode_Check(word) && PyUnicode_CompareWithASCIIString(word, known[i].word) == 0)
      return known[i].add(options, setting, error);
  }
  if (PyUnicode_Check(word) && PyUnicode_CompareWithASCIIString(word, "key_file") == 0)
    return add_file(options, setting, 0, error);
  if (PyUnicode_Check(word) && PyUnicode_CompareWithASCIIString(word, "secret_file") == 0)
    return add_file(options, setting, 1, error);
  PyErr_SetString(PyExc_ValueError, "a setting of no known kind");
  return -1;
}

jotmill_options* options_from(PyObject* settings) {
  if (!PyList_Check(settings)) {
    PyErr_SetString(PyExc_TypeError, "a list of settings is wanted");
    return NULL;
  }
  jotmill_options* options = NULL;
  jotmill_error error = {0};
  int32_t code = jotmill_options_new(&options, &error);
  for (Py_ssize_t i = 0; code == JOTMILL_OK && i < PyList_Size(settings); ++i)
    code = add_setting(options, PyList_GetItem(settings, i), &error);
  if (code == JOTMILL_OK) return options;
  if (code > 0) raise_error(code, error.message);
  jotmill_options_free(options);
  return NULL;
}
