/* Engine: one jotmill_engine. It works without the GIL; a lock keeps it to one thread at a time.
 * Scan: a stream of bytes from a Python function, which an engine is reading. */

#include <errno.h>
#include <string.h>

#include "core.h"

typedef struct {
  PyObject_HEAD jotmill_engine* engine;
  PyThread_type_lock lock;
  unsigned long owner; /* the thread that holds the lock; changed with the GIL held */
  int held;
  int scanning; /* a Scan has it */
} Engine;

typedef struct {
  PyObject_HEAD Engine* engine;
  jotmill_scan* scan;
  PyObject* read;
  PyObject* raised; /* what `read` raised, but for OSError */
} Scan;

static PyTypeObject *engine_type, *scan_type;

static PyObject* make_object(PyTypeObject* type) {
  return ((allocfunc)PyType_GetSlot(type, Py_tp_alloc))(type, 0);
}

static void free_object(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  ((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
  Py_DECREF(type);
}

/* -1 with an exception: this thread is in the middle of another call. */
static int enter(Engine* self) {
  if (self->held && self->owner == PyThread_get_thread_ident()) {
    PyErr_SetString(PyExc_RuntimeError, "the engine is at work in this thread");
    return -1;
  }
  if (!PyThread_acquire_lock(self->lock, NOWAIT_LOCK)) {
    Py_BEGIN_ALLOW_THREADS PyThread_acquire_lock(self->lock, WAIT_LOCK);
    Py_END_ALLOW_THREADS
  }
  self->held = 1;
  self->owner = PyThread_get_thread_ident();
  return 0;
}

static void leave(Engine* self) {
  self->held = 0;
  PyThread_release_lock(self->lock);
}

/* For calls that a running scan forbids. */
static int enter_idle(Engine* self) {
  if (enter(self) != 0) return -1;
  if (!self->scanning) return 0;
  leave(self);
  PyErr_SetString(PyExc_RuntimeError, "a scan of the engine is not at its end");
  return -1;
}

static Engine* engine_of(jotmill_engine* made) {
  Engine* self = (Engine*)make_object(engine_type);
  if (self) {
    self->lock = PyThread_allocate_lock();
    if (!self->lock) {
      Py_DECREF(self);
      self = NULL;
      PyErr_NoMemory();
    }
  }
  if (!self) {
    jotmill_engine_free(made);
    return NULL;
  }
  self->engine = made;
  return self;
}

static PyObject* engine_new(PyTypeObject* type, PyObject* args, PyObject* keywords) {
  (void)type;
  (void)keywords;
  PyObject* settings;
  if (!PyArg_ParseTuple(args, "O", &settings)) return NULL;
  jotmill_options* options = options_from(settings);
  if (!options) return NULL;
  jotmill_engine* made = NULL;
  jotmill_error error = {0};
  int32_t code = JOTMILL_OK;
  Py_BEGIN_ALLOW_THREADS code = jotmill_engine_new(options, &made, &error);
  jotmill_options_free(options);
  Py_END_ALLOW_THREADS if (code != JOTMILL_OK) return raise_error(code, error.message);
  return (PyObject*)engine_of(made);
}

static void engine_dealloc(PyObject* object) {
  Engine* self = (Engine*)object;
  jotmill_engine_free(self->engine);
  if (self->lock) PyThread_free_lock(self->lock);
  free_object(object);
}

static PyObject* engine_clone(PyObject* object, PyObject* ignored) {
  (void)ignored;
  Engine* self = (Engine*)object;
  jotmill_engine* made = NULL;
  jotmill_error error = {0};
  if (enter(self) != 0) return NULL;
  const int32_t code = jotmill_engine_clone(self->engine, &made, &error);
  leave(self);
  if (code != JOTMILL_OK) return raise_error(code, error.message);
  return (PyObject*)engine_of(made);
}

static PyObject* engine_warnings(PyObject* object, PyObject* ignored) {
  (void)ignored;
  PyObject* list = PyList_New(0);
  const char* words;
  for (size_t i = 0; list && (words = jotmill_engine_warning(((Engine*)object)->engine, i)); ++i) {
    PyObject* text = PyUnicode_DecodeUTF8(words, (Py_ssize_t)strlen(words), "replace");
    if (!text || PyList_Append(list, text) != 0) Py_CLEAR(list);
    Py_XDECREF(text);
  }
  return list;
}

static PyObject* engine_place(PyObject* object, PyObject* args) {
  const char* source;
  Py_ssize_t size;
  uint64_t line, offset;
  if (!PyArg_ParseTuple(args, "y#O&O&", &source, &size, as_uint64, &line, as_uint64, &offset))
    return NULL;
  jotmill_error error = {0};
  if (enter_idle((Engine*)object) != 0) return NULL;
  const int32_t code = jotmill_engine_place(
      ((Engine*)object)->engine, (jotmill_text){source, (size_t)size}, line, offset, &error);
  leave((Engine*)object);
  if (code != JOTMILL_OK) return raise_error(code, error.message);
  Py_RETURN_NONE;
}

static PyObject* engine_event(PyObject* object, PyObject* args) {
  const char *kind, *reason;
  uint64_t offset;
  if (!PyArg_ParseTuple(args, "sO&s", &kind, as_uint64, &offset, &reason)) return NULL;
  jotmill_error error = {0};
  if (enter_idle((Engine*)object) != 0) return NULL;
  const int32_t code =
      jotmill_engine_event(((Engine*)object)->engine, kind, offset, reason, &error);
  leave((Engine*)object);
  if (code != JOTMILL_OK) return raise_error(code, error.message);
  Py_RETURN_NONE;
}

/* The rows of a batch behind others are numbered on: nobody else has seen this array yet. */
static void number_rows_from(Holding* verdicts, uint64_t first) {
  for (int64_t i = 0; first > 0 && i < verdicts->schema.n_children; ++i) {
    if (strcmp(verdicts->schema.children[i]->name, "row") != 0) continue;
    const struct ArrowArray* column = verdicts->array.children[i];
    uint64_t* rows = (uint64_t*)column->buffers[1] + column->offset;
    for (int64_t row = 0; row < column->length; ++row) rows[row] += first;
  }
}

/* verify(batch, column, columns) and scan(batch, column, columns, first_row): a Batch of verdicts.
 */
static PyObject* judge(PyObject* object, PyObject* args, int records) {
  Engine* self = (Engine*)object;
  PyObject* batch;
  const char* column;
  unsigned int columns;
  uint64_t first_row = 0;
  if (!PyArg_ParseTuple(args, records ? "OzIO&" : "OzI", &batch, &column, &columns, as_uint64,
                        &first_row))
    return NULL;
  Holding* in = batch_holding(batch);
  if (!in) return NULL;
  Holding* out = holding_new();
  if (!out) return PyErr_NoMemory();
  if (enter_idle(self) != 0) {
    holding_drop(out);
    return NULL;
  }
  jotmill_error error = {0};
  int32_t code = JOTMILL_OK;
  Py_BEGIN_ALLOW_THREADS code = (records ? jotmill_scan_arrow : jotmill_verify_arrow)(
      self->engine, holding_schema(in), &in->array, column, columns, &out->schema, &out->array,
      &error);
  Py_END_ALLOW_THREADS leave(self);
  if (code == JOTMILL_OK) {
    number_rows_from(out, first_row);
    return batch_new(out);
  }
  holding_drop(out);
  return raise_error(code, error.message);
}

static PyObject* engine_verify(PyObject* self, PyObject* args) { return judge(self, args, 0); }
static PyObject* engine_scan(PyObject* self, PyObject* args) { return judge(self, args, 1); }

static PyObject* engine_report(PyObject* object, PyObject* ignored) {
  (void)ignored;
  Engine* self = (Engine*)object;
  char* json = NULL;
  size_t size = 0;
  jotmill_error error = {0};
  if (enter(self) != 0) return NULL;
  int32_t code = JOTMILL_OK;
  Py_BEGIN_ALLOW_THREADS code = jotmill_report_json(self->engine, &json, &size, &error);
  Py_END_ALLOW_THREADS leave(self);
  if (code != JOTMILL_OK) return raise_error(code, error.message);
  PyObject* text = PyUnicode_DecodeUTF8(json, (Py_ssize_t)size, "replace");
  jotmill_string_free(json);
  return text;
}

/* --- Scan */

static void set_read_error(Scan* self) {
  PyObject *type, *value, *trace;
  PyErr_Fetch(&type, &value, &trace);
  PyErr_NormalizeException(&type, &value, &trace);
  self->raised = value;
  Py_XDECREF(type);
  Py_XDECREF(trace);
}

/* What `read` raised as an errno; an OSError is an event of the input, all else ends the scan. */
static int64_t read_failed(Scan* self) {
  long number = EIO;
  if (!PyErr_ExceptionMatches(PyExc_OSError)) {
    set_read_error(self);
    return -EIO;
  }
  set_read_error(self);
  PyObject* own = self->raised ? PyObject_GetAttrString(self->raised, "errno") : NULL;
  if (own && PyLong_Check(own)) number = PyLong_AsLong(own);
  Py_XDECREF(own);
  Py_CLEAR(self->raised);
  PyErr_Clear();
  return number > 0 && number < 4096 ? -number : -EIO;
}

static int64_t read_bytes(void* context, void* to, size_t size) {
  Scan* self = context;
  const PyGILState_STATE state = PyGILState_Ensure();
  int64_t got = -EIO;
  if (size > (size_t)1 << 30) size = (size_t)1 << 30;
  PyObject* bytes = PyObject_CallFunction(self->read, "n", (Py_ssize_t)size);
  char* data = NULL;
  Py_ssize_t have = 0;
  if (!bytes || PyBytes_AsStringAndSize(bytes, &data, &have) != 0) {
    got = read_failed(self);
  } else if ((size_t)have > size) {
    PyErr_SetString(PyExc_ValueError, "read() gave more bytes than it was asked for");
    got = read_failed(self);
  } else {
    memcpy(to, data, (size_t)have);
    got = have;
  }
  Py_XDECREF(bytes);
  PyGILState_Release(state);
  return got;
}

/* stream(read): a Scan. read(n) returns at most n bytes, b"" at the end. */
static PyObject* engine_stream(PyObject* object, PyObject* read) {
  Engine* self = (Engine*)object;
  Scan* scan = (Scan*)make_object(scan_type);
  if (!scan) return NULL;
  Py_INCREF(read);
  scan->read = read;
  if (enter_idle(self) != 0) {
    Py_DECREF(scan);
    return NULL;
  }
  jotmill_error error = {0};
  const int32_t code = jotmill_scan_new(self->engine, read_bytes, scan, &scan->scan, &error);
  self->scanning = code == JOTMILL_OK;
  leave(self);
  if (code != JOTMILL_OK) {
    Py_DECREF(scan);
    return raise_error(code, error.message);
  }
  Py_INCREF(self);
  scan->engine = self;
  return (PyObject*)scan;
}

static void scan_end(Scan* self) {
  jotmill_scan_free(self->scan);
  self->scan = NULL;
  if (self->engine) self->engine->scanning = 0;
}

static void scan_dealloc(PyObject* object) {
  Scan* self = (Scan*)object;
  scan_end(self);
  Py_XDECREF(self->engine);
  Py_XDECREF(self->read);
  Py_XDECREF(self->raised);
  free_object(object);
}

/* next(columns): the next Batch, or None at the end. */
static PyObject* scan_next(PyObject* object, PyObject* args) {
  Scan* self = (Scan*)object;
  unsigned int columns;
  if (!PyArg_ParseTuple(args, "I", &columns)) return NULL;
  if (!self->scan) Py_RETURN_NONE;
  Holding* out = holding_new();
  if (!out) return PyErr_NoMemory();
  if (enter(self->engine) != 0) {
    holding_drop(out);
    return NULL;
  }
  jotmill_error error = {0};
  int32_t more = 0, code = JOTMILL_OK;
  Py_BEGIN_ALLOW_THREADS code =
      jotmill_scan_next(self->scan, columns, &out->schema, &out->array, &more, &error);
  Py_END_ALLOW_THREADS if (code != JOTMILL_OK || more == 0 || self->raised) scan_end(self);
  leave(self->engine);
  if (self->raised) {
    holding_drop(out);
    PyErr_SetObject((PyObject*)Py_TYPE(self->raised), self->raised);
    return NULL;
  }
  if (code == JOTMILL_OK && more == 1) return batch_new(out);
  holding_drop(out);
  if (code != JOTMILL_OK) return raise_error(code, error.message);
  Py_RETURN_NONE;
}

static PyMethodDef engine_methods[] = {
    {"clone", engine_clone, METH_NOARGS, "An engine with the same keys and no counts."},
    {"warnings", engine_warnings, METH_NOARGS, "What was found while the keys were loaded."},
    {"place", engine_place, METH_VARARGS,
     "place(source, line, offset): where the next row stands."},
    {"event", engine_event, METH_VARARGS, "event(kind, offset, reason): of the input."},
    {"verify", engine_verify, METH_VARARGS, "verify(batch, column, columns): tokens."},
    {"scan", engine_scan, METH_VARARGS, "scan(batch, column, columns, first_row): records."},
    {"stream", engine_stream, METH_O, "stream(read): a Scan."},
    {"report", engine_report, METH_NOARGS, "The report as JSON."},
    {NULL, NULL, 0, NULL}};
static PyType_Slot engine_slots[] = {{Py_tp_new, engine_new},
                                     {Py_tp_dealloc, engine_dealloc},
                                     {Py_tp_methods, engine_methods},
                                     {Py_tp_doc, "Engine(settings): one jotmill_engine."},
                                     {0, NULL}};
static PyType_Spec engine_spec = {"jotmill._core.Engine", sizeof(Engine), 0, Py_TPFLAGS_DEFAULT,
                                  engine_slots};
static PyMethodDef scan_methods[] = {
    {"next", scan_next, METH_VARARGS, "next(columns): the next Batch, or None at the end."},
    {NULL, NULL, 0, NULL}};
static PyType_Slot scan_slots[] = {{Py_tp_new, no_new},
                                   {Py_tp_dealloc, scan_dealloc},
                                   {Py_tp_methods, scan_methods},
                                   {Py_tp_doc, "A stream of bytes while it is judged."},
                                   {0, NULL}};
static PyType_Spec scan_spec = {"jotmill._core.Scan", sizeof(Scan), 0, Py_TPFLAGS_DEFAULT,
                                scan_slots};

int engine_ready(PyObject* module) {
  engine_type = (PyTypeObject*)PyType_FromSpec(&engine_spec);
  scan_type = (PyTypeObject*)PyType_FromSpec(&scan_spec);
  if (!engine_type || !scan_type) return -1;
  Py_INCREF(engine_type);
  return PyModule_AddObject(module, "Engine", (PyObject*)engine_type);
}
