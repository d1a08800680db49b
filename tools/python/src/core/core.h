#ifndef JOTMILL_PYTHON_CORE_H_
#define JOTMILL_PYTHON_CORE_H_

/*
 * The extension module jotmill._core: jotmill.h and jotmill_arrow.h as Python objects, and nothing
 * that these do not have; what is pleasant to use is written in Python. The stable ABI of
 * Python 3.9 alone, so that one build serves every later Python.
 */

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x03090000
#include <Python.h>

#include <stdatomic.h>
#include <stdint.h>

#include "jotmill/jotmill_arrow.h"

/* The Arrow C stream interface, as published. */
#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE
struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream*, struct ArrowSchema* out);
  int (*get_next)(struct ArrowArrayStream*, struct ArrowArray* out);
  const char* (*get_last_error)(struct ArrowArrayStream*);
  void (*release)(struct ArrowArrayStream*);
  void* private_data;
};
#endif

/* An array with its schema, counted, so that what is handed out may outlive what it came from. No
 * function of these needs the GIL. */
typedef struct Holding {
  atomic_long references;
  struct ArrowSchema schema; /* release NULL: that of `schema_of` */
  struct ArrowArray array;
  struct Holding* schema_of;
} Holding;

Holding* holding_new(void); /* empty, one reference; NULL: no memory */
void holding_keep(Holding* holding);
void holding_drop(Holding* holding); /* NULL is fine */
const struct ArrowSchema* holding_schema(const Holding* holding);
/* The same data for another consumer, to be released as any. -1: no memory, and *out untouched. */
int share_schema(Holding* holding, const struct ArrowSchema* from, struct ArrowSchema* out);
int share_array(Holding* holding, const struct ArrowArray* from, struct ArrowArray* out);

/* Objects; each is made by its module function. */
extern PyObject* jotmill_python_error; /* class JotmillError */
PyObject* raise_error(int32_t code, const char* message);

int batch_ready(PyObject* module); /* -1: an exception is set */
int engine_ready(PyObject* module);
int stream_ready(PyObject* module);
PyObject* batch_new(Holding* holding);    /* takes the reference, also when it fails */
Holding* batch_holding(PyObject* object); /* borrowed; NULL with TypeError for anything else */

/* For types that are made by functions alone: TypeError. */
PyObject* no_new(PyTypeObject* type, PyObject* args, PyObject* keywords);
/* A converter of PyArg_ParseTuple ("O&") into a uint64_t; OverflowError for what does not fit. */
int as_uint64(PyObject* object, void* out);

/* Options of an engine from a list of tuples (see _core.pyi). NULL with an exception. */
jotmill_options* options_from(PyObject* settings);

/* METH_O and METH_VARARGS functions of the module. */
PyObject* core_batch_of_list(PyObject* module, PyObject* args);
PyObject* core_import_array(PyObject* module, PyObject* args);
PyObject* core_export_stream(PyObject* module, PyObject* batches);

#endif /* JOTMILL_PYTHON_CORE_H_ */
