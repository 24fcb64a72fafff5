#include "records/trial_record.hpp"

#include <array>

#include "records/packing.hpp"

namespace tw {

namespace {

constexpr std::uint8_t owned_flag = 1, alone_flag = 2, reports_flag = 4, all_flags = 7;

void pack(Packer& out, const Outcome& outcome) {
    out.number(outcome.seq);
    out.byte(static_cast<std::uint8_t>(outcome.state));
    out.count(outcome.values.size());
    for (auto& [name, value] : outcome.values) {
        out.text(name);
        out.real(value);
    }
    for (auto* text : {&outcome.reason, &outcome.kind, &outcome.stage, &outcome.by}) out.text(*text);
    out.count(outcome.failed_tasks.size());
    for (auto& [stage, tasks] : outcome.failed_tasks) {
        out.text(stage);
        out.count(tasks.size());
        for (auto task : tasks) out.number(task);
    }
    out.number(outcome.attempts);
    out.real(outcome.seconds);
    out.real(outcome.ended.time_since_epoch().count());
}

void unpack_failed_tasks(Unpacker& in, Outcome& outcome) {
    for (std::size_t left = in.count(); left > 0; --left) {
        auto& tasks = outcome.failed_tasks[in.text()];
        for (std::size_t more = in.count(); more > 0; --more) tasks.push_back(in.number());
    }
}

Outcome unpack_outcome(Unpacker& in) {
    constexpr std::array states{EndState::complete, EndState::pruned, EndState::failed, EndState::killed};
    Outcome outcome;
    outcome.seq = in.number();
    const std::size_t state = in.byte();
    if (state >= states.size() || outcome.seq < 0) in.refuse();
    outcome.state = state < states.size() ? states[state] : EndState::failed;
    for (std::size_t left = in.count(); left > 0; --left) {
        std::string name = in.text();
        outcome.values.emplace_hint(outcome.values.end(), std::move(name), in.real());
    }
    for (auto* text : {&outcome.reason, &outcome.kind, &outcome.stage, &outcome.by}) *text = in.text();
    unpack_failed_tasks(in, outcome);
    outcome.attempts = in.number();
    outcome.seconds = in.real();
    outcome.ended = Instant(Seconds(in.real()));
    return outcome;
}

}  // namespace

std::string write_recorded(const RecordedTrial& trial) {
    Packer out;
    out.text(trial.id);
    out.whole(trial.inode);
    out.real(trial.modified.time_since_epoch().count());
    out.byte(static_cast<std::uint8_t>(trial.owned * owned_flag | trial.alone * alone_flag |
                                       trial.reports * reports_flag));
    trial.config.write(out);
    pack(out, trial.outcome);
    return out.take();
}

std::string_view recorded_id(std::string_view bytes) {
    return Unpacker(bytes).view();
}

std::optional<RecordedTrial> read_recorded(std::string_view bytes) {
    Unpacker in(bytes);
    RecordedTrial trial;
    trial.id = in.text();
    trial.inode = in.whole();
    trial.modified = Instant(Seconds(in.real()));
    const std::uint8_t flags = in.byte();
    trial.owned = flags & owned_flag;
    trial.alone = flags & alone_flag;
    trial.reports = flags & reports_flag;
    trial.config = PackedConfig::read(in);
    trial.outcome = unpack_outcome(in);
    bool good = in.good() && in.at_end() && flags <= all_flags && check_trial_id(trial.id);
    return good ? std::optional(std::move(trial)) : std::nullopt;
}

}  // namespace tw
