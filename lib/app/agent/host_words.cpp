#include "app/agent/host_words.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/text.hpp"

namespace tw {

namespace {

constexpr std::string_view tag = "trialwatch:";
constexpr int most_cpus = 65536;

bool read_number(std::string_view text, std::int64_t& out) {
    auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
    return failure == std::errc() && stop == text.data() + text.size() && out >= 0;
}

std::string dash_if_empty(std::string text) {
    return text.empty() ? "-" : text;
}

// The first `count` words, and the rest of the line as one more.
std::vector<std::string> words_of(std::string_view line, std::size_t count) {
    std::vector<std::string> words;
    while (words.size() < count && line.find(' ') != line.npos) {
        words.emplace_back(line.substr(0, line.find(' ')));
        line.remove_prefix(line.find(' ') + 1);
    }
    words.emplace_back(line);
    return words;
}

std::string places_text(const std::vector<CpuPlace>& places) {
    std::vector<std::string> texts;
    for (const CpuPlace& place : places)
        texts.push_back(fmt::format("{}:{}:{}", place.id, place.core, place.numa));
    return dash_if_empty(join(texts, ","));
}

std::vector<CpuPlace> read_places(std::string_view text) {
    std::vector<CpuPlace> places;
    if (text == "-") return places;
    for (const std::string& part : split(text, ',')) {
        auto numbers = split(part, ':');
        std::int64_t id = 0, core = 0, numa = 0;
        if (numbers.size() != 3 || !read_number(numbers[0], id) || !read_number(numbers[1], core) ||
            !read_number(numbers[2], numa) || places.size() >= most_cpus)
            return {};
        places.push_back({static_cast<int>(id), static_cast<int>(core), static_cast<int>(numa)});
    }
    return places;
}

std::optional<HostWord> read_here(const std::vector<std::string>& words) {
    HostWord word;
    std::int64_t cpus = 0;
    if (words.size() != 6 || !read_number(words[2], cpus) || cpus < 1 || cpus > most_cpus ||
        !read_number(words[3], word.size.memory))
        return std::nullopt;
    word.size.cpus = static_cast<int>(cpus);
    word.size.places = read_places(words[4]);
    if (words[5] != "-") word.size.gpus = split(words[5], ',');
    return word;
}

std::string wrapper_text(const StartedWrapper& wrapper) {
    return fmt::format("{}:{}:{}", dash_if_empty(wrapper.boot_id), wrapper.id.pid, wrapper.id.start_time);
}

std::optional<StartedWrapper> read_wrapper(std::string_view text) {
    auto parts = split(text, ':');
    StartedWrapper wrapper;
    if (parts.size() != 3 || !read_number(parts[1], wrapper.id.pid) ||
        !read_number(parts[2], wrapper.id.start_time))
        return std::nullopt;
    if (parts[0] != "-") wrapper.boot_id = parts[0];
    return wrapper;
}

std::optional<HostOrder::Kind> kind_of(const std::string& word) {
    using Kind = HostOrder::Kind;
    if (word == "start") return Kind::start;
    if (word == "adopt") return Kind::adopt;
    if (word == "end") return Kind::terminate;
    if (word == "kill") return Kind::kill;
    return std::nullopt;
}

bool read_content(const std::string& cpus, const std::string& text, AgentJob& out) {
    auto content = read_agent_job(text, "order");
    if (!content) return false;
    out = std::move(*content);
    out.cpus = read_cpu_list(cpus);
    return true;
}

}  // namespace

std::string cpu_list(const std::vector<int>& cpus) {
    std::vector<std::string> parts;
    for (std::size_t i = 0, next; i < cpus.size(); i = next) {
        for (next = i + 1; next < cpus.size() && cpus[next] == cpus[next - 1] + 1;) ++next;
        parts.push_back(next == i + 1 ? std::to_string(cpus[i])
                                      : fmt::format("{}-{}", cpus[i], cpus[next - 1]));
    }
    return dash_if_empty(join(parts, ","));
}

std::vector<int> read_cpu_list(std::string_view text) {
    std::vector<int> cpus;
    if (text == "-") return cpus;
    for (const std::string& part : split(text, ',')) {
        auto ends = split(part, '-');
        std::int64_t first = 0, last = 0;
        if (ends.size() > 2 || !read_number(ends.front(), first) || !read_number(ends.back(), last) ||
            last < first || last >= most_cpus)
            return {};
        for (std::int64_t id = first; id <= last; ++id) cpus.push_back(static_cast<int>(id));
    }
    return cpus;
}

std::string host_order_text(const HostOrder& order) {
    switch (order.kind) {
        case HostOrder::Kind::start: {
            auto content = write_agent_job(order.content);  // it was read, so it can be written
            return fmt::format("start {} {} {}", job_file_name(order.job), cpu_list(order.content.cpus),
                               content ? std::string(trim(*content)) : "");
        }
        case HostOrder::Kind::adopt:
            return fmt::format("adopt {} {}", job_file_name(order.job), wrapper_text(order.wrapper));
        case HostOrder::Kind::terminate: return "end " + job_file_name(order.job);
        case HostOrder::Kind::kill: return "kill " + job_file_name(order.job);
        case HostOrder::Kind::sweep: return "sweep " + order.mark;
    }
    return "";
}

std::optional<HostOrder> parse_host_order(const std::string& line) {
    auto words = words_of(line, 1);
    HostOrder order;
    if (words.size() != 2) return std::nullopt;
    if (words[0] == "sweep") {
        order.kind = HostOrder::Kind::sweep;
        order.mark = words[1];
        return order;
    }
    if (words[0] == "start") words = words_of(line, 3);
    if (words[0] == "adopt") words = words_of(line, 2);
    auto kind = kind_of(words[0]);
    auto job = parse_job_file_name(words[1]);
    if (!kind || !job) return std::nullopt;
    order.kind = *kind;
    order.job = *job;
    if (*kind == HostOrder::Kind::start &&
        (words.size() != 4 || !read_content(words[2], words[3], order.content)))
        return std::nullopt;
    if (*kind != HostOrder::Kind::adopt) return order;
    auto wrapper = words.size() == 3 ? read_wrapper(words[2]) : std::nullopt;
    if (!wrapper) return std::nullopt;
    order.wrapper = *wrapper;
    return order;
}

std::string host_word_text(const HostWord& word) {
    switch (word.kind) {
        case HostWord::Kind::here:
            return fmt::format("{} here {} {} {} {}", tag, word.size.cpus, word.size.memory,
                               places_text(word.size.places), dash_if_empty(join(word.size.gpus, ",")));
        case HostWord::Kind::begun:
            return fmt::format("{} begun {} {} {}", tag, word.job.trial, word.job.key.name(),
                               wrapper_text(word.wrapper));
        case HostWord::Kind::over:
            return fmt::format("{} over {} {}", tag, word.job.trial, word.job.key.name());
        case HostWord::Kind::swept: return fmt::format("{} swept {}", tag, word.mark);
    }
    return "";
}

std::optional<HostWord> parse_host_word(const std::string& line) {
    auto words = split(line, ' ');
    if (words.size() < 3 || words[0] != tag) return std::nullopt;
    if (words[1] == "here") return read_here(words);
    HostWord word;
    if (words[1] == "swept") {
        word.kind = HostWord::Kind::swept;
        word.mark = words[2];
        return word;
    }
    bool begun = words[1] == "begun";
    if ((!begun && words[1] != "over") || words.size() != (begun ? 5u : 4u)) return std::nullopt;
    auto key = AttemptKey::parse(words[3]);
    auto wrapper = begun ? read_wrapper(words[4]) : StartedWrapper{};
    if (!key || !wrapper) return std::nullopt;
    word.kind = begun ? HostWord::Kind::begun : HostWord::Kind::over;
    word.job = {words[2], *key};
    word.wrapper = *wrapper;
    return word;
}

}  // namespace tw
