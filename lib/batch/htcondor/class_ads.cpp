#include "batch/htcondor/class_ads.hpp"

#include <charconv>

#include "base/text.hpp"
#include "batch/submit_lines.hpp"

namespace tw {

void ClassAd::set(std::string_view name, std::string_view value) {
    values_[lower_case(trim(name))] = std::string(trim(value));
}

bool ClassAd::has(const std::string& name) const {
    return values_.contains(lower_case(name));
}

std::string ClassAd::text(const std::string& name) const {
    auto found = values_.find(lower_case(name));
    if (found == values_.end() || found->second.size() < 2 || found->second.front() != '"') return {};
    std::string out;
    std::string_view quoted(found->second);
    for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
        char c = quoted[i];
        if (c == '\\' && i + 2 < quoted.size()) {
            c = quoted[++i];
            if (c == 'n') c = '\n';
            if (c == 't') c = '\t';
        }
        out += c;
    }
    return out;
}

std::optional<std::int64_t> ClassAd::number(const std::string& name) const {
    auto found = values_.find(lower_case(name));
    if (found == values_.end()) return std::nullopt;
    std::int64_t value = 0;
    const char* end = found->second.data() + found->second.size();
    auto [stop, failure] = std::from_chars(found->second.data(), end, value);
    return failure == std::errc() && stop == end ? std::optional<std::int64_t>(value) : std::nullopt;
}

ClassAd ClassAd::over(const ClassAd& other) const {
    ClassAd both = *this;
    both.values_.insert(other.values_.begin(), other.values_.end());
    return both;
}

std::vector<ClassAd> read_class_ads(std::string_view text) {
    std::vector<ClassAd> ads;
    ClassAd ad;
    auto finish = [&] {
        if (!ad.empty()) ads.push_back(std::move(ad));
        ad = ClassAd();
    };
    for (const std::string& line : split(text, '\n')) {
        std::size_t equals = line.find('=');
        if (trim(line).empty()) {
            finish();
        } else if (equals != std::string::npos &&
                   is_submit_name(trim(std::string_view(line).substr(0, equals)))) {
            ad.set(std::string_view(line).substr(0, equals), std::string_view(line).substr(equals + 1));
        }
    }
    finish();
    return ads;
}

}  // namespace tw
