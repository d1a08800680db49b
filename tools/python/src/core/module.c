/* The module: its functions, its constants and its exception. */

#include <stdlib.h>
#include <string.h>

#include "core.h"

PyObject* jotmill_python_error;

/* Sets JotmillError(message) with the name of its code, or MemoryError. Returns NULL. */
PyObject* raise_error(int32_t code, const char* message) {
  if (code == JOTMILL_E_NO_MEMORY) return PyErr_NoMemory();
  PyObject* error = PyObject_CallFunction(jotmill_python_error, "s", message);
  PyObject* name = error ? PyUnicode_FromString(jotmill_code_name(code)) : NULL;
  if (name && PyObject_SetAttrString(error, "code", name) == 0)
    PyErr_SetObject(jotmill_python_error, error);
  Py_XDECREF(name);
  Py_XDECREF(error);
  return NULL;
}

static PyObject* merge(PyObject* module, PyObject* list) {
  (void)module;
  if (!PyList_Check(list) || PyList_Size(list) == 0) {
    PyErr_SetString(PyExc_TypeError, "a list of at least one report is wanted");
    return NULL;
  }
  const size_t count = (size_t)PyList_Size(list);
  jotmill_text* texts = calloc(count, sizeof(jotmill_text));
  PyObject** kept = calloc(count, sizeof(PyObject*));
  PyObject* sum = texts && kept ? list : PyErr_NoMemory();
  for (size_t i = 0; sum && i < count; ++i) {
    PyObject* item = PyList_GetItem(list, (Py_ssize_t)i);
    if (!item || !PyUnicode_Check(item)) {
      PyErr_SetString(PyExc_TypeError, "a report is a str of JSON");
      sum = NULL;
    } else if (!(kept[i] = PyUnicode_AsUTF8String(item))) {
      sum = NULL;
    } else {
      texts[i] = (jotmill_text){PyBytes_AsString(kept[i]), (size_t)PyBytes_Size(kept[i])};
    }
  }
  if (sum) {
    char* json = NULL;
    size_t size = 0;
    jotmill_error error = {0};
    int32_t code = JOTMILL_OK;
    Py_BEGIN_ALLOW_THREADS code = jotmill_reports_merge(texts, count, &json, &size, &error);
    Py_END_ALLOW_THREADS sum = code == JOTMILL_OK
                                   ? PyUnicode_DecodeUTF8(json, (Py_ssize_t)size, "replace")
                                   : raise_error(code, error.message);
    jotmill_string_free(json);
  }
  for (size_t i = 0; kept && i < count; ++i) Py_XDECREF(kept[i]);
  free(kept);
  free(texts);
  return sum;
}

static PyObject* format_of(PyObject* module, PyObject* args) {
  (void)module;
  const char* begin;
  Py_ssize_t size;
  int whole, with_fields;
  if (!PyArg_ParseTuple(args, "y#pp", &begin, &size, &whole, &with_fields)) return NULL;
  const char* name = jotmill_format_of((jotmill_text){begin, (size_t)size}, whole, with_fields);
  if (!name) Py_RETURN_NONE;
  return PyUnicode_FromString(name);
}

PyObject* no_new(PyTypeObject* type, PyObject* args, PyObject* keywords) {
  (void)args;
  (void)keywords;
  PyErr_Format(PyExc_TypeError, "%R is made by functions of this module alone", (PyObject*)type);
  return NULL;
}

int as_uint64(PyObject* object, void* out) {
  const unsigned long long number = PyLong_AsUnsignedLongLong(object);
  if (number == (unsigned long long)-1 && PyErr_Occurred()) return 0;
  *(uint64_t*)out = number;
  return 1;
}

static PyMethodDef functions[] = {
    {"batch_of_list", core_batch_of_list, METH_VARARGS,
     "A column of a list of str, bytes and None."},
    {"import_array", core_import_array, METH_VARARGS, "A Batch of two capsules, which it empties."},
    {"export_stream", core_export_stream, METH_O, "A list of Batches as a capsule."},
    {"merge", merge, METH_O, "The sum of a list of reports, all JSON."},
    {"format_of", format_of, METH_VARARGS,
     "format_of(begin, whole, with_fields): the format of an input; None: compressed."},
    {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "jotmill._core",
                                        "jotmill.h as Python objects.", -1, functions};

PyMODINIT_FUNC PyInit__core(void) {
  PyObject* module = PyModule_Create(&definition);
  if (!module) return NULL;
  jotmill_python_error = PyErr_NewExceptionWithDoc(
      "jotmill.JotmillError", "What jotmill refuses; `code` has its stable name.", NULL, NULL);
  if (jotmill_python_error) Py_INCREF(jotmill_python_error);
  if (!jotmill_python_error ||
      PyModule_AddObject(module, "JotmillError", jotmill_python_error) != 0 ||
      PyModule_AddStringConstant(module, "version", jotmill_version()) != 0 ||
      PyModule_AddIntConstant(module, "ALL_COLUMNS", JOTMILL_ALL_COLUMNS) != 0 ||
      batch_ready(module) != 0 || engine_ready(module) != 0 || stream_ready(module) != 0) {
    Py_DECREF(module);
    return NULL;
  }
  return module;
}
