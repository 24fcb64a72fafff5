// What people and other programs do: new trials, requests, markers, a changed experiment.json. Found by
// listing directories, at once where a bell rang, else by a rolling look whose latency is stated.
#pragma once

#include <map>
#include <set>

#include "app/desk.hpp"
#include "trialdir/experiment_dir.hpp"

namespace tw {

class Sweep {
public:
    explicit Sweep(Desk& desk) : desk_(desk) {}

    // Everything, once per poll.
    void poll();

    // Only where a bell rang; every tick.
    void answer_bells();

    // A config.json that is no JSON yet: whoever writes it has not finished.
    bool sees_one_being_written() const;

    // A job that ended because it saw `stop` may be heard of before the request is.
    void read_stop(const TrialId& id);

    // experiment.json and the scripts as they are now, recorded if they differ from the newest revision.
    // The first error of a broken file; the revision before stays in force.
    Status read_revision();

    // Every live trial is looked at within `live_round`, every ended one within `ended_round`.
    static constexpr Seconds live_round{10};
    static constexpr Seconds ended_round{60};

private:
    void find_new_trials();
    void look_at(const TrialId& id);
    void tidy(const TrialId& id, const TrialFiles& files);
    void admit(const TrialId& id, const TrialFiles& files);
    void create(const TrialId& id, const Config& config, const std::string& text, std::int64_t incarnation);
    void refuse(const TrialId& id, const std::string& kind, const std::string& why);
    void adopt_outcome(const TrialId& id, const Result<Outcome>& told);
    Result<Outcome> read_told(const TrialId& id);
    void look_again(const TrialId& id, const Error& why);
    bool recreated(const Trial& trial);
    struct Moment {
        Instant now;
        Seconds monotonic;
    };
    bool may_be_unfinished(const TrialId& id, const FileStat& config, const Moment& before);
    void read_requests(const Trial& trial, const TrialFiles& files);
    void request(const Trial& trial, EventKind kind, const std::string& file);
    bool taken_before(const Trial& trial, const FileStat& stop);
    void see_markers(const Trial& trial, const TrialFiles& files);
    void remove_markers(const Trial& trial);
    void read_experiment_requests();
    void obey(const std::string& name);
    void check_revision();
    void roll(bool ended, Seconds round);
    bool foreign(const FileStat& stat, const std::string& path);

    Desk& desk_;
    Instant trials_changed_{};
    std::optional<Seconds> trials_listed_;
    std::map<bool, TrialId> cursor_;  // last id looked at, for live and ended ones
    std::map<std::string, std::pair<Instant, std::int64_t>> watched_files_;
    std::map<TrialId, std::pair<std::uint64_t, Instant>> stops_;  // inode and time of the file that was taken
    std::set<std::string> complained_;
    struct Torn {
        Instant modified;
        Seconds since;  // on our own clock, from when it looked like this
    };
    std::map<TrialId, std::optional<Torn>> unready_;  // directories without config.json, or with a torn one
    std::uint32_t owner_ = 0;
    bool owner_known_ = false;
};

}  // namespace tw
