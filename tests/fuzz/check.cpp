#include "fuzz/check.hpp"

#include "base/text.hpp"

namespace tw::fuzz {

Code checked(const Error& error, const std::string& file) {
    constexpr std::size_t longest = 4096;
    const std::string text = error.text();
    demand(!error.what.empty(), "an error that says nothing");
    demand(error.file == file, "the error does not name the file: " + text.substr(0, 200));
    demand(error.line >= 0, "a line below 0");
    demand(text.size() <= longest,
           "an error of " + std::to_string(text.size()) + " bytes: " + text.substr(0, 200));
    return error.code;
}

void demand_finite(const std::map<std::string, double>& values) {
    for (const auto& [name, value] : values) demand(std::isfinite(value), "'" + name + "' is not finite");
}

}  // namespace tw::fuzz
