#include "records/event_brief.hpp"

#include <charconv>
#include <utility>

namespace tw {

namespace {

// A walk over the text of one record that looks at little of it. What it cannot be sure of (an escaped
// letter, 17.0 for 17, no JSON at all) it gives up; read_event() has the word then.
class Scan {
public:
    explicit Scan(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

    bool given_up() const { return given_up_; }
    bool is_next(char wanted) {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) ++at_;
        return at_ != end_ && *at_ == wanted;
    }
    bool take(char wanted) {
        if (!is_next(wanted)) return false;
        ++at_;
        return true;
    }
    void expect(char wanted) {
        if (!take(wanted)) give_up();
    }

    std::string_view text() {
        expect('"');
        const char* begin = at_;
        while (at_ != end_ && *at_ != '"' && *at_ != '\\') ++at_;
        if (at_ == end_ || *at_ == '\\') give_up();
        if (given_up_) return {};
        return {begin, static_cast<std::size_t>(at_++ - begin)};
    }
    std::int64_t whole() {
        is_next('-');
        std::int64_t number = 0;
        const auto [stop, failure] = std::from_chars(at_, end_, number);
        at_ = stop;
        const bool more = at_ != end_ && (*at_ == '.' || *at_ == 'e' || *at_ == 'E');
        if (failure != std::errc() || more) give_up();
        return number;
    }

    // `read(key)` takes the value, or false: it is skipped. Ends early where `enough()`.
    template <class Read, class Enough>
    void object(Read read, Enough enough) {
        expect('{');
        if (take('}')) return;
        do {
            const std::string_view key = text();
            expect(':');
            if (!given_up_ && !read(key)) skip();
        } while (!given_up_ && !enough() && take(','));
        if (!given_up_ && !enough()) expect('}');
    }
    template <class Read>
    void object(Read read) {
        object(read, [] { return false; });
    }

private:
    void give_up() {
        given_up_ = true;
        at_ = end_;
    }
    // Past any value.
    void skip() {
        int depth = 0;
        for (; at_ != end_; ++at_) {
            const char c = *at_;
            if (c == '"') {
                skip_text();
                if (at_ == end_) break;
            } else if (c == '{' || c == '[') {
                ++depth;
            } else if (c == '}' || c == ']' || c == ',') {
                if (depth == 0) return;
                depth -= c != ',';
            }
        }
        give_up();
    }
    // To its closing quote.
    void skip_text() {
        for (++at_; at_ != end_ && *at_ != '"'; ++at_)
            if (*at_ == '\\' && ++at_ == end_) return;
    }

    const char *at_, *end_;
    bool given_up_ = false;
};

bool is_telling(EventKind kind) {
    return kind == EventKind::snapshot || kind == EventKind::created || kind == EventKind::concluded;
}

bool read_outcome(Scan& scan, EventBrief& brief) {
    if (!scan.is_next('{')) return false;
    scan.object([&](std::string_view key) {
        if (key == "seq") brief.seq = scan.whole();
        return key == "seq";
    });
    return true;
}

bool read_state_field(Scan& scan, std::string_view key, EventBrief& brief) {
    if (key == "id") {
        if (const auto id = scan.text(); !id.empty()) brief.trial = id;
    } else if (key == "state") {
        const auto state = trial_state_from(scan.text());
        brief.ended = state && is_ended(*state);
    } else if (key == "run") {
        brief.run = scan.text();
    } else if (key == "k") {
        brief.k = scan.whole();
    } else {
        return key == "outcome" && read_outcome(scan, brief);
    }
    return true;
}

// Of the most records nothing is needed beyond the kind and the trial's name.
std::optional<EventBrief> scan_brief(std::string_view text) {
    Scan scan(text);
    EventBrief brief;
    std::optional<EventKind> kind;
    const auto read = [&](std::string_view key) {
        if (key == "event") {
            kind = event_kind_from(scan.text());
        } else if (key == "trial") {
            brief.trial = scan.text();
        } else if (key == "state" && scan.is_next('{')) {
            scan.object([&](std::string_view field) { return read_state_field(scan, field, brief); });
        } else {
            return key == "outcome" && read_outcome(scan, brief);
        }
        return true;
    };
    scan.object(read, [&] { return kind && !is_telling(*kind) && !brief.trial.empty(); });
    if (scan.given_up() || !kind) return std::nullopt;
    brief.kind = *kind;
    return brief;
}

EventBrief brief_of(Event event) {
    EventBrief brief;
    brief.kind = event.kind;
    brief.trial = std::move(event.trial);
    if (event.outcome) brief.seq = event.outcome->seq;
    if (!event.state) return brief;
    Trial& trial = *event.state;
    if (!trial.id.empty()) brief.trial = std::move(trial.id);
    if (trial.outcome) brief.seq = trial.outcome->seq;
    brief.ended = is_ended(trial.state);
    brief.run = std::move(trial.run);
    brief.k = trial.k;
    return brief;
}

}  // namespace

Result<EventBrief> read_event_brief(std::string_view text) {
    if (auto brief = scan_brief(text)) return std::move(*brief);
    auto event = read_event(std::string(text));
    if (!event) return fail(event.error());
    return brief_of(std::move(*event));
}

}  // namespace tw
