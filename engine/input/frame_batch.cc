#include "input/frame_batch.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace jotmill {

Crew::Crew(unsigned helpers) {
  try {
    for (unsigned i = 0; i < helpers; ++i) {
      threads_.emplace_back([this, member = i + 1] { help(member); });
    }
  } catch (const std::exception&) {
    // The caller and those that there are do the work.
  }
}

Crew::~Crew() {
  {
    const std::lock_guard lock(mutex_);
    leaving_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Crew::take_pieces(unsigned member, std::unique_lock<std::mutex>& lock) {
  while (work_ != nullptr && next_ < count_) {
    const std::size_t mine = next_++;
    const auto& work = *work_;
    lock.unlock();
    work(member, mine);
    lock.lock();
    if (--undone_ == 0) changed_.notify_all();
  }
}

void Crew::help(unsigned member) {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return leaving_ || (work_ != nullptr && next_ < count_); });
    if (leaving_) return;
    take_pieces(member, lock);
  }
}

void Crew::each(std::size_t count, const std::function<void(unsigned, std::size_t)>& work) {
  if (count == 0) return;
  std::unique_lock lock(mutex_);
  work_ = &work;
  next_ = 0;
  count_ = undone_ = count;
  if (count > 1) changed_.notify_all();
  take_pieces(0, lock);
  changed_.wait(lock, [this] { return undone_ == 0; });
  work_ = nullptr;
}

/// The frames at the front of `in`; false: none, but more bytes may make it one.
bool FrameBatch::gather(Bytes in) {
  frames_.clear();
  std::size_t at = 0, out = 0;
  while (out < kMostReady) {
    const FrameSizes sizes = codecs_.front()->measure(in.subspan(at));
    if (sizes.state != FrameSizes::State::kWhole) {
      return !frames_.empty() || sizes.state == FrameSizes::State::kOther;
    }
    frames_.push_back({at, sizes.packed, out, sizes.unpacked});
    at += sizes.packed;
    out += sizes.unpacked;
  }
  return true;
}

FrameBatch::Did FrameBatch::decode(Bytes in) {
  ready_at_ = ready_end_ = 0;
  if (codecs_.empty()) codecs_.push_back(make_());
  if (!codecs_.front()) return {};
  if (!gather(in)) return {.wants_more = true};
  if (frames_.empty()) return {};
  if (!crew_ && threads_ > 1 && frames_.size() > 1) {
    crew_ = std::make_unique<Crew>(threads_ - 1);
    while (codecs_.size() < crew_->size()) codecs_.push_back(make_());
  }
  const std::size_t size = frames_.back().out_at + frames_.back().unpacked;
  if (ready_.size() < size) ready_.resize(size);
  const std::function<void(unsigned, std::size_t)> work = [&](unsigned member, std::size_t i) {
    Frame& frame = frames_[i];
    frame.good =
        codecs_[member] && codecs_[member]->decode(in.subspan(frame.at, frame.packed),
                                                   {ready_.data() + frame.out_at, frame.unpacked});
  };
  if (crew_) {
    crew_->each(frames_.size(), work);
  } else {
    for (std::size_t i = 0; i < frames_.size(); ++i) work(0, i);
  }
  Did did;
  for (const Frame& frame : frames_) {
    did.refused = !frame.good;
    if (did.refused) break;
    did.taken = frame.at + frame.packed;
    ++did.frames;
    ready_end_ = frame.out_at + frame.unpacked;
  }
  return did;
}

}  // namespace jotmill
