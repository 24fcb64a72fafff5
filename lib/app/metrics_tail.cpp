#include "app/metrics_tail.hpp"

#include <algorithm>

namespace tw {

namespace {

constexpr std::size_t most_remembered = 256;

void take_lines(const MetricLines& read, const std::string& metric, MetricNews& news) {
    for (auto& line : read.lines)
        if (auto value = line.values.find(metric); value != line.values.end())
            news.points.push_back({line.step, value->second});
    news.lines += std::ssize(read.lines);
    news.skipped += read.skipped;
}

}  // namespace

Result<MetricNews> MetricsTail::read(FileSystem& fs, const std::string& path, const std::string& metric) {
    MetricNews news;
    for (;;) {
        auto more = read_chunk(fs, path, metric, news);
        if (!more && news.lines + news.skipped == 0 && !news.anew) return fail(more.error());
        if (!more || !*more) return news;
    }
}

Result<bool> MetricsTail::read_chunk(FileSystem& fs, const std::string& path, const std::string& metric,
                                     MetricNews& news) {
    auto remembered = static_cast<std::int64_t>(before_.size());
    auto text = fs.read(path, offset_ - remembered, metrics_chunk + remembered);
    if (!text) return fail(text.error());
    if (!text->starts_with(before_)) {
        *this = {};
        news = {};
        return news.anew = true;
    }
    MetricLines lines = read_metrics(std::string_view(*text).substr(before_.size()));
    take_lines(lines, metric, news);
    bool full = std::ssize(*text) == metrics_chunk + remembered;
    text->resize(before_.size() + lines.consumed);
    offset_ += static_cast<std::int64_t>(lines.consumed);
    before_ = text->substr(text->size() - std::min(text->size(), most_remembered));
    return full && lines.consumed > 0;
}

}  // namespace tw
