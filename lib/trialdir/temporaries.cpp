#include "trialdir/temporaries.hpp"

#include <fmt/format.h>

#include <charconv>

#include "trialdir/publish.hpp"

namespace tw {

namespace {

constexpr std::string_view ending = ".tmp";

bool read_number(std::string_view text, std::int64_t& number) {
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    return failure == std::errc() && end == text.data() + text.size();
}

// "...-<pid>x<start time>"; a host's name may hold '-'.
bool read_process(std::string_view maker, std::string_view host, ProcessId& id) {
    if (!maker.starts_with(host) || !maker.substr(host.size()).starts_with('-')) return false;
    std::string_view numbers = maker.substr(host.size() + 1);
    auto between = numbers.find('x');
    return between != numbers.npos && read_number(numbers.substr(0, between), id.pid) &&
           read_number(numbers.substr(between + 1), id.start_time);
}

}  // namespace

std::string maker_name(const std::string& host, const ProcessId& id) {
    return fmt::format("{}-{}x{}", host, id.pid, id.start_time);
}

std::string maker_name(const HostIdentity& self) {
    return maker_name(self.name, {self.pid, self.start_time});
}

bool is_abandoned(const std::string& name, Processes& processes) {
    std::string_view rest = name;
    if (!rest.starts_with('.') || !rest.ends_with(ending)) return false;
    rest.remove_suffix(ending.size());
    rest.remove_prefix(rest.rfind('.') + 1);
    ProcessId maker;
    HostIdentity self = processes.self();
    if (!read_process(rest, self.name, maker)) return false;
    return maker == ProcessId{self.pid, self.start_time} || !processes.alive(maker);
}

void remove_abandoned(FileSystem& fs, const std::string& directory, Processes& processes) {
    auto entries = fs.list(directory);
    if (!entries) return;
    for (auto& entry : *entries)
        if (entry.kind == FileKind::file && is_abandoned(entry.name, processes))
            (void)remove_if_there(fs, directory + "/" + entry.name);
}

}  // namespace tw
