#include "batch/cluster/submit_environment.hpp"

#include <algorithm>

namespace tw {

std::vector<std::string> submit_environment(const std::vector<std::string>& environment,
                                            const std::vector<std::string>& forward,
                                            const std::vector<std::string>& own) {
    static const std::vector<std::string> needed{
        "HOME",  "KRB5CCNAME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "LOGNAME", "PATH",
        "SHELL", "TMPDIR",     "TZ",   "USER",   "XDG_RUNTIME_DIR"};
    auto is_in = [](const std::vector<std::string>& names, const std::string& name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    std::vector<std::string> passed;
    for (const std::string& entry : environment) {
        std::string name = entry.substr(0, entry.find('='));
        bool ours =
            std::any_of(own.begin(), own.end(), [&](auto& prefix) { return name.starts_with(prefix); });
        if (ours || is_in(needed, name) || is_in(forward, name)) passed.push_back(entry);
    }
    return passed;
}

bool is_variable(std::string_view name) {
    auto digit = [](char c) { return c >= '0' && c <= '9'; };
    auto allowed = [&](char c) { return c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || digit(c); };
    return !name.empty() && !digit(name[0]) && std::all_of(name.begin(), name.end(), allowed);
}

std::vector<std::string> forwarded_names(const std::vector<std::string>& environment,
                                         const std::vector<std::string>& forward) {
    std::vector<std::string> names;
    for (const std::string& name : forward) {
        auto set = [&](const std::string& entry) { return entry.starts_with(name + "="); };
        if (std::any_of(environment.begin(), environment.end(), set)) names.push_back(name);
    }
    return names;
}

}  // namespace tw
