// Job ads as condor_submit -dry-run and condor_q -long print them: NAME = value lines, an empty line between
// two.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tw {

class ClassAd {
public:
    void set(std::string_view name, std::string_view value);
    bool empty() const { return values_.empty(); }
    std::string text(const std::string& name) const;  // of a string; "" where there is none
    std::optional<std::int64_t> number(const std::string& name) const;
    bool has(const std::string& name) const;
    // This one's values, and those of `other` where it has none.
    ClassAd over(const ClassAd& other) const;

private:
    std::map<std::string, std::string> values_;  // names in lower case, values as written
};

std::vector<ClassAd> read_class_ads(std::string_view text);

}  // namespace tw
