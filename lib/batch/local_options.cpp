#include <fmt/format.h>

#include <charconv>

#include "base/text.hpp"
#include "batch/local.hpp"

namespace tw {

namespace {

Result<int> count_in(const std::string& name, const std::string& text) {
    int count = 0;
    const char* end = text.data() + text.size();
    auto [stop, failure] = std::from_chars(text.data(), end, count);
    if (failure == std::errc() && stop == end && count > 0) return count;
    return fail(Code::invalid, fmt::format("{} must be a whole number above 0, not '{}'", name, text));
}

Result<std::vector<std::string>> gpu_ids(const std::string& text) {
    std::vector<std::string> ids;
    if (text == "none") return ids;
    for (const std::string& part : split(text, ',')) {
        ids.emplace_back(trim(part));
        if (ids.back().empty()) return fail(Code::invalid, fmt::format("gpus names no GPU in '{}'", text));
    }
    return ids;
}

template <class Out, class In>
Status put(Out& out, Result<In> value) {
    if (!value) return fail(value.error());
    out = std::move(*value);
    return {};
}

Status read_option(const std::string& name, const std::string& text, LocalOptions& out) {
    if (name == "cpus") return put(out.cpus, count_in(name, text));
    if (name == "queue_depth") return put(out.queue_depth, count_in(name, text));
    if (name == "memory") return put(out.memory, parse_bytes(text));
    if (name == "gpus") return put(out.gpus, gpu_ids(text));
    Error error{Code::invalid, fmt::format("the local backend has no option '{}'", name), {}, {}, 0, {}};
    std::string meant = did_you_mean(name, {"cpus", "memory", "gpus", "queue_depth"});
    if (!meant.empty()) error.hint = fmt::format("did you mean '{}'?", meant);
    return fail(std::move(error));
}

}  // namespace

Result<LocalOptions> read_local_options(const std::map<std::string, std::string>& options) {
    LocalOptions result;
    for (const auto& [name, text] : options) {
        auto read = read_option(name, text, result);
        if (!read) read.error().pointer = "/options/" + name;
        if (!read) return fail(read.error());
    }
    return result;
}

}  // namespace tw
