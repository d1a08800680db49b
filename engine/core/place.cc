#include "core/place.h"

namespace jotmill {

std::string_view words(ChannelKind kind) {
  switch (kind) {
    case ChannelKind::kBare: return "bare";
    case ChannelKind::kField: return "field:";
    case ChannelKind::kAuthorization: return "authorization";
    case ChannelKind::kDpop: return "dpop";
    case ChannelKind::kQuery: return "query:";
    case ChannelKind::kCookie: return "cookie:";
    case ChannelKind::kBody: return "body:";
    case ChannelKind::kHar: return "har:";
  }
  return "unknown";
}

std::string_view words(Layer layer) {
  switch (layer) {
    case Layer::kPercent: return "percent";
    case Layer::kJson: return "json";
    case Layer::kBase64url: return "base64url";
  }
  return "unknown";
}

}  // namespace jotmill
