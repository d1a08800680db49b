#include "input/read_ahead.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <exception>
#include <new>
#include <utility>

namespace jotmill {

bool ReadAhead::start(ByteReader& reader, std::function<bool()> interrupted) {
  stop();
  interrupted_ = std::move(interrupted);
  full_.clear();
  ended_ = false;
  failure_.reset();
  bytes_read_ = 0;
  stopping_ = false;
  running_ = true;
  try {
    thread_ = std::thread([this, &reader] { work(reader); });
  } catch (const std::exception&) {  // no thread, or no memory for one
    running_ = false;
  }
  return running_;
}

void ReadAhead::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
  running_ = false;
}

/// A block to read into, once there is one to spare; one without room when the thread is to end.
ReadAhead::Block ReadAhead::empty_block() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ || full_.size() < kBlocks; });
  if (stopping_) return {};
  Block block;
  if (!empty_.empty()) {
    block = std::move(empty_.back());
    empty_.pop_back();
  }
  lock.unlock();
  block.bytes.resize(kBlockBytes);
  block.at = block.have = 0;
  return block;
}

/// False: it was the last.
bool ReadAhead::hand_on(Block block, std::optional<Error> failure) {
  {
    const std::lock_guard lock(mutex_);
    ended_ = block.have == 0;
    failure_ = std::move(failure);
    if (!ended_) full_.push_back(std::move(block));
  }
  changed_.notify_all();
  return !ended_;
}

void ReadAhead::work(ByteReader& reader) {
  try {
    for (;;) {
      Block block = empty_block();
      if (block.bytes.empty()) return;
      const Result<std::size_t> got = reader.read(block.bytes.data(), block.bytes.size());
      block.have = got ? got.value() : 0;
      std::optional<Error> failure;
      if (!got) failure = got.error();
      if (!hand_on(std::move(block), std::move(failure))) return;
    }
  } catch (const std::bad_alloc&) {
    hand_on({}, Error{ErrorKind::kInternal, "", "no memory to read it"});
  }
}

Result<std::size_t> ReadAhead::read(std::uint8_t* to, std::size_t wanted) {
  constexpr auto kPatience = std::chrono::milliseconds(50);
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, kPatience, [this] { return ended_ || !full_.empty(); })) {
    lock.unlock();
    if (interrupted_ && interrupted_()) return Error{ErrorKind::kInterrupted, "", "interrupted"};
    lock.lock();
  }
  if (full_.empty()) {
    if (failure_) return *failure_;
    return std::size_t{0};
  }
  // The front block is this thread's until it is taken away: the other one only adds behind it.
  Block& front = full_.front();
  lock.unlock();
  const std::size_t count = std::min(wanted, front.have - front.at);
  std::memcpy(to, front.bytes.data() + front.at, count);
  front.at += count;
  bytes_read_ += count;
  if (front.at == front.have) {
    lock.lock();
    empty_.push_back(std::move(front));
    full_.pop_front();
    lock.unlock();
    changed_.notify_all();
  }
  return count;
}

}  // namespace jotmill
