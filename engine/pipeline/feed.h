#ifndef JOTMILL_PIPELINE_FEED_H_
#define JOTMILL_PIPELINE_FEED_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/position.h"
#include "input/chunker.h"
#include "input/decompress.h"
#include "input/part_reader.h"
#include "input/read_ahead.h"
#include "input/shard.h"
#include "input/source.h"
#include "jotmill/options.h"
#include "jotmill/stats.h"
#include "pipeline/process.h"
#include "pipeline/settled_end.h"
#include "pipeline/timed_reader.h"
#include "verify/sha2.h"

namespace jotmill {

/// The sources of a run one after the other as chunks, in order; the serial first step of the
/// pipeline. What goes wrong on the way is an InputEvent, never the end of the run.
class Feed {
 public:
  /// `interrupted` (may be empty) is polled while an input is silent; true ends the feed.
  /// `parts`: what a shard has of each source; empty: all of it.
  Feed(const RunOptions& options, SourceList list, std::vector<SourcePart> parts,
       Bytes fingerprint_key, kernels::ScanFn* scan, std::function<bool()> interrupted);

  /// Opens the first source that can be opened and tells its format, before anything is run.
  void prepare();

  /// In the place of prepare(): goes on at `position`, where a run with the same sources stood,
  /// which had told the formats of the sources up to there. Errors: what cannot be read up to it.
  Status resume(const RunPosition& position, const std::vector<InputFormat>& formats);

  /// Fills item.chunk, its format, the events before it and where it ends; false when everything
  /// has been handed out.
  bool next(Item& item);

  /// Behind all that was handed out.
  RunPosition position() const;

  const SourceList& list() const { return list_; }
  const std::vector<SourceEntry>& sources() const { return list_.sources; }
  /// One for each source; kAuto where it is not known, or where another shard answers for it.
  std::vector<InputFormat> formats() const;
  /// Those that no item has taken along.
  const std::vector<InputEvent>& events() const { return events_; }
  std::uint64_t bytes_read() const { return bytes_read_; }  ///< after decompression
  /// As they stand in the files, to be set against their sizes.
  std::uint64_t raw_bytes_read() const { return raw_bytes_read_; }

  /// Where the time of compressed sources goes. Any thread may ask; the source that is open is not
  /// in it before book_times(), which is for the thread that calls next().
  void book_times();
  std::uint64_t decompress_ns() const { return decompress_ns_; }  ///< without reading the file
  std::uint64_t packed_read_ns() const { return packed_read_ns_; }
  /// What next() has spent so far on waiting for decompressed bytes, or on making them.
  std::uint64_t waited_ns() const { return handed_.ns(); }

 private:
  bool open_source();
  bool is_ours() const;
  void begin_whole();
  bool begin_part(SourcePart part);
  void choose_format();
  void obey_format();
  void leave_source();
  void add_event(InputEventKind kind, const Error& error);

  const RunOptions& options_;
  SourceList list_;
  std::vector<SourcePart> parts_;
  Fingerprint fingerprint_;
  SourceReader reader_;
  TimedReader source_{reader_};  ///< where the decompressor reads
  std::function<bool()> interrupted_;
  Decompressor decompressor_;
  /// Of a compressed source: what the decompressor gives, and what reaches the chunker.
  TimedReader unpacked_{decompressor_}, handed_{decompressor_};
  /// Decompression runs beside everything else; plain files are read where they are cut.
  ReadAhead ahead_;
  PartReader part_reader_;
  ByteReader* bytes_ = &decompressor_;  ///< where the open source is read from ...
  SettledEnd settled_{reader_};         ///< ... by the chunker
  bool in_part_ = false;                ///< part_reader_ stands before the chunker
  Chunker chunker_;
  std::vector<InputFormat> formats_;
  std::vector<InputEvent> events_;
  std::size_t at_ = 0;
  bool open_ = false;
  std::uint64_t bytes_before_ = 0, raw_bytes_before_ = 0;  ///< of the sources that are done
  /// So far; the progress line asks from another thread.
  std::atomic<std::uint64_t> bytes_read_ = 0, raw_bytes_read_ = 0;
  std::uint64_t source_ns_before_ = 0, unpacked_ns_before_ = 0;  ///< that are booked, or not to be
  std::atomic<std::uint64_t> decompress_ns_ = 0, packed_read_ns_ = 0;
};

}  // namespace jotmill

#endif  // JOTMILL_PIPELINE_FEED_H_
