/* Streams of batches: somebody's, read one batch after the other; ours, made of a list of them. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"

typedef struct {
  PyObject_HEAD struct ArrowArrayStream stream; /* release NULL: at its end */
  Holding* schema;
} Stream;

static void stream_dealloc(PyObject* self) {
  Stream* stream = (Stream*)self;
  PyTypeObject* type = Py_TYPE(self);
  if (stream->stream.release) stream->stream.release(&stream->stream);
  holding_drop(stream->schema);
  ((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
  Py_DECREF(type);
}

static PyObject* stream_failed(Stream* stream) {
  const char* why = stream->stream.get_last_error(&stream->stream);
  PyErr_Format(PyExc_OSError, "the stream of batches failed: %s", why ? why : "no reason given");
  return NULL;
}

static PyObject* stream_new(PyTypeObject* type, PyObject* args, PyObject* keywords) {
  (void)keywords;
  PyObject* capsule;
  if (!PyArg_ParseTuple(args, "O", &capsule)) return NULL;
  struct ArrowArrayStream* source = PyCapsule_GetPointer(capsule, "arrow_array_stream");
  if (!source) return NULL;
  if (!source->release) {
    PyErr_SetString(PyExc_ValueError, "the capsule was used already");
    return NULL;
  }
  Stream* stream = (Stream*)((allocfunc)PyType_GetSlot(type, Py_tp_alloc))(type, 0);
  if (!stream) return NULL;
  stream->stream = *source;
  source->release = NULL;
  stream->schema = holding_new();
  if (!stream->schema) {
    PyErr_NoMemory();
  } else if (stream->stream.get_schema(&stream->stream, &stream->schema->schema) != 0) {
    stream_failed(stream);
  } else {
    return (PyObject*)stream;
  }
  Py_DECREF(stream);
  return NULL;
}

static PyObject* stream_iter(PyObject* self) {
  Py_INCREF(self);
  return self;
}

/* The producer may be Python's or take its time; whether it needs the GIL it knows itself. */
static PyObject* stream_next(PyObject* self) {
  Stream* stream = (Stream*)self;
  if (!stream->stream.release) return NULL;
  Holding* holding = holding_new();
  if (!holding) return PyErr_NoMemory();
  int failed = 0;
  Py_BEGIN_ALLOW_THREADS failed = stream->stream.get_next(&stream->stream, &holding->array);
  Py_END_ALLOW_THREADS if (failed) {
    holding->array.release = NULL;
    holding_drop(holding);
    return stream_failed(stream);
  }
  if (!holding->array.release) {
    holding_drop(holding);
    stream->stream.release(&stream->stream);
    stream->stream.release = NULL;
    return NULL;
  }
  holding_keep(stream->schema);
  holding->schema_of = stream->schema;
  return batch_new(holding);
}

/* --- no rows of a schema */

/* The one block behind it: a batch, its columns, and a dictionary for each. */
typedef struct {
  const void* no_buffers[3];
  struct ArrowArray** pointers;
  struct ArrowArray* arrays; /* columns, then dictionaries */
} NoRows;

static void release_no_rows(struct ArrowArray* array) {
  NoRows* block = array->private_data;
  free(block->pointers);
  free(block->arrays);
  free(block);
  array->release = NULL;
}

/* Of a part, which lives as long as the whole. */
static void release_part(struct ArrowArray* array) { array->release = NULL; }

/* empty(): a Batch without rows, for a stream that has no batch: its columns are checked as any. */
static PyObject* stream_empty(PyObject* self, PyObject* ignored) {
  (void)ignored;
  Holding* schema = ((Stream*)self)->schema;
  const struct ArrowSchema* top = holding_schema(schema);
  const size_t columns = (size_t)(top->n_children > 0 ? top->n_children : 0);
  Holding* holding = holding_new();
  NoRows* block = calloc(1, sizeof(*block));
  if (block) {
    block->pointers = calloc(columns + 1, sizeof(*block->pointers));
    block->arrays = calloc(2 * (columns + 1), sizeof(*block->arrays));
  }
  if (!holding || !block || !block->pointers || !block->arrays) {
    if (block) {
      free(block->pointers);
      free(block->arrays);
      free(block);
    }
    holding_drop(holding);
    return PyErr_NoMemory();
  }
  const struct ArrowArray part = {
      .n_buffers = 3, .buffers = block->no_buffers, .release = release_part};
  for (size_t i = 0; i <= columns; ++i) {
    struct ArrowArray* dictionary = &block->arrays[columns + 1 + i];
    *dictionary = part;
    block->arrays[i] = part;
    /* The last one is the top's own, where that is a column and no batch. */
    const struct ArrowSchema* of = i < columns ? top->children[i] : top;
    if (of->dictionary) block->arrays[i].dictionary = dictionary;
    block->pointers[i] = &block->arrays[i];
  }
  holding->array = block->arrays[columns];
  holding->array.n_children = (int64_t)columns;
  holding->array.children = block->pointers;
  holding->array.release = release_no_rows;
  holding->array.private_data = block;
  holding_keep(schema);
  holding->schema_of = schema;
  return batch_new(holding);
}

static PyMethodDef stream_methods[] = {
    {"empty", stream_empty, METH_NOARGS, "A Batch of its schema without rows."},
    {NULL, NULL, 0, NULL}};

static PyType_Slot stream_slots[] = {{Py_tp_new, stream_new},
                                     {Py_tp_dealloc, stream_dealloc},
                                     {Py_tp_iter, stream_iter},
                                     {Py_tp_iternext, stream_next},
                                     {Py_tp_methods, stream_methods},
                                     {Py_tp_doc, "The batches of an arrow_array_stream capsule."},
                                     {0, NULL}};
static PyType_Spec stream_spec = {"jotmill._core.Stream", sizeof(Stream), 0, Py_TPFLAGS_DEFAULT,
                                  stream_slots};

int stream_ready(PyObject* module) {
  PyObject* type = PyType_FromSpec(&stream_spec);
  return type ? PyModule_AddObject(module, "Stream", type) : -1;
}

/* --- export */

typedef struct {
  Holding** holdings;
  size_t count, at;
} Exported;

static int exported_schema(struct ArrowArrayStream* stream, struct ArrowSchema* out) {
  Exported* exported = stream->private_data;
  return share_schema(exported->holdings[0], holding_schema(exported->holdings[0]), out) == 0
             ? 0
             : ENOMEM;
}

static int exported_next(struct ArrowArrayStream* stream, struct ArrowArray* out) {
  Exported* exported = stream->private_data;
  if (exported->at == exported->count) {
    memset(out, 0, sizeof(*out));
    return 0;
  }
  Holding* holding = exported->holdings[exported->at];
  if (share_array(holding, &holding->array, out) != 0) return ENOMEM;
  ++exported->at;
  return 0;
}

static const char* exported_error(struct ArrowArrayStream* stream) {
  (void)stream;
  return "out of memory";
}

static void exported_release(struct ArrowArrayStream* stream) {
  Exported* exported = stream->private_data;
  for (size_t i = 0; i < exported->count; ++i) holding_drop(exported->holdings[i]);
  free(exported->holdings);
  free(exported);
  stream->release = NULL;
}

static void free_stream_capsule(PyObject* capsule) {
  struct ArrowArrayStream* stream = PyCapsule_GetPointer(capsule, "arrow_array_stream");
  if (stream && stream->release) stream->release(stream);
  free(stream);
}

PyObject* core_export_stream(PyObject* module, PyObject* batches) {
  (void)module;
  if (!PyList_Check(batches) || PyList_Size(batches) == 0) {
    PyErr_SetString(PyExc_TypeError, "a list of at least one Batch is wanted");
    return NULL;
  }
  const size_t count = (size_t)PyList_Size(batches);
  struct ArrowArrayStream* stream = calloc(1, sizeof(*stream));
  Exported* exported = calloc(1, sizeof(*exported));
  if (exported) exported->holdings = calloc(count, sizeof(Holding*));
  if (!stream || !exported || !exported->holdings) {
    free(exported);
    free(stream);
    return PyErr_NoMemory();
  }
  *stream = (struct ArrowArrayStream){exported_schema, exported_next, exported_error,
                                      exported_release, exported};
  PyObject* capsule = NULL;
  for (size_t i = 0; i < count; ++i) {
    Holding* holding = batch_holding(PyList_GetItem(batches, (Py_ssize_t)i));
    if (!holding) goto failed;
    holding_keep(holding);
    exported->holdings[exported->count++] = holding;
  }
  capsule = PyCapsule_New(stream, "arrow_array_stream", free_stream_capsule);
  if (capsule) return capsule;
failed:
  stream->release(stream);
  free(stream);
  return NULL;
}
