#include "batch/hosts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace tw {

namespace {

constexpr int most_cpus = 1'000'000;

bool read_count(std::string_view text, int& out) {
    auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
    return failure == std::errc() && stop == text.data() + text.size() && out > 0 && out <= most_cpus;
}

// Names go into command lines.
bool is_host_name(std::string_view name) {
    return !name.empty() && name.size() <= 253 && name[0] != '-' &&
           std::all_of(name.begin(), name.end(), [](unsigned char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      c == '-' || c == '.' || c == '_';
           });
}

std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    for (auto& part : split(line, ' '))
        for (auto& word : split(part, '\t'))
            if (!trim(word).empty()) words.emplace_back(trim(word));
    return words;
}

// Several lines of one host are one host.
Status add(std::vector<HostCount>& hosts, const std::string& name, int cpus) {
    if (!is_host_name(name)) return fail(Code::invalid, fmt::format("'{}' is no name of a host", name));
    auto known =
        std::find_if(hosts.begin(), hosts.end(), [&](auto& host) { return same_host(host.name, name); });
    if (known != hosts.end()) {
        known->cpus += cpus;
    } else if (hosts.size() < std::size_t{most_hosts}) {
        hosts.push_back({name, cpus});
    } else {
        return fail(Code::invalid, "too many hosts");
    }
    return {};
}

Result<std::vector<HostCount>> not_empty(std::vector<HostCount> hosts) {
    if (hosts.empty()) return fail(Code::invalid, "no host is named");
    return hosts;
}

// "18(x2),4" -> 18 18 4.
Result<std::vector<int>> slurm_counts(std::string_view text) {
    std::vector<int> counts;
    for (const std::string& part : split(text, ',')) {
        std::string_view rest = part;
        int cpus = 0, times = 1;
        auto open = rest.find("(x");
        bool repeated = open != rest.npos && rest.ends_with(')');
        bool good = read_count(rest.substr(0, open), cpus) &&
                    (open == rest.npos ||
                     (repeated && read_count(rest.substr(open + 2, rest.size() - open - 3), times)));
        if (!good || counts.size() + static_cast<std::size_t>(times) > std::size_t{most_hosts})
            return fail(Code::invalid,
                        fmt::format("'{}' does not say how many CPUs each host has", std::string(text)));
        counts.insert(counts.end(), static_cast<std::size_t>(times), cpus);
    }
    return counts;
}

}  // namespace

bool same_host(std::string_view a, std::string_view b) {
    bool both_full = a.find('.') != a.npos && b.find('.') != b.npos;
    return both_full ? a == b : a.substr(0, a.find('.')) == b.substr(0, b.find('.'));
}

Result<std::vector<HostCount>> parse_hosts(std::string_view text) {
    std::vector<HostCount> hosts;
    for (const std::string& part : split(text, ',')) {
        std::string word(trim(part));
        auto colon = word.find(':');
        int cpus = 0;
        if (colon != word.npos && !read_count(std::string_view(word).substr(colon + 1), cpus))
            return fail(Code::invalid, fmt::format("'{}' must read HOST:CPUS", word));
        std::string name = word.substr(0, colon);
        bool twice =
            std::any_of(hosts.begin(), hosts.end(), [&](auto& host) { return same_host(host.name, name); });
        if (twice) return fail(Code::invalid, fmt::format("'{}' is named twice", name));
        if (auto added = add(hosts, name, cpus); !added) return fail(added.error());
    }
    return not_empty(std::move(hosts));
}

Result<std::vector<HostCount>> slurm_hosts(std::string_view names, std::string_view cpus) {
    std::vector<HostCount> hosts;
    for (const std::string& line : split(names, '\n'))
        if (!trim(line).empty())
            if (auto added = add(hosts, std::string(trim(line)), 0); !added) return fail(added.error());
    if (trim(cpus).empty()) return not_empty(std::move(hosts));
    auto counts = slurm_counts(trim(cpus));
    if (!counts) return fail(counts.error());
    if (counts->size() != hosts.size())
        return fail(Code::invalid,
                    fmt::format("{} hosts are named, and CPUs of {}", hosts.size(), counts->size()));
    for (std::size_t i = 0; i < hosts.size(); ++i) hosts[i].cpus = (*counts)[i];
    return not_empty(std::move(hosts));
}

Result<std::vector<HostCount>> nodefile_hosts(std::string_view text) {
    std::vector<HostCount> hosts;
    for (const std::string& line : split(text, '\n'))
        if (auto words = words_of(line); !words.empty())
            if (auto added = add(hosts, words[0], 1); !added) return fail(added.error());
    if (std::all_of(hosts.begin(), hosts.end(), [](auto& host) { return host.cpus == 1; }))
        for (HostCount& host : hosts) host.cpus = 0;
    return not_empty(std::move(hosts));
}

Result<std::vector<HostCount>> pe_hosts(std::string_view text) {
    std::vector<HostCount> hosts;
    for (const std::string& line : split(text, '\n')) {
        auto words = words_of(line);
        int slots = 0;
        if (words.empty()) continue;
        if (words.size() < 2 || !read_count(words[1], slots))
            return fail(Code::invalid, fmt::format("'{}' does not say how many slots its host has", line));
        if (auto added = add(hosts, words[0], slots); !added) return fail(added.error());
    }
    return not_empty(std::move(hosts));
}

}  // namespace tw
