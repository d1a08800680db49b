#ifndef JOTMILL_STATS_LABEL_H_
#define JOTMILL_STATS_LABEL_H_

#include <string_view>

namespace jotmill {

/// Whether make_label() would leave `text` as it is.
bool is_label(std::string_view text);

}  // namespace jotmill

#endif  // JOTMILL_STATS_LABEL_H_
