// What is decided over the trials together: the pause after like failures, and breakers for hosts
// on which jobs cannot even start.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "records/event.hpp"
#include "records/experiment.hpp"

namespace tw {

// Watches endings. The first N trials of a search that all fail alike, or N in a row at any time, ask
// for a pause. Stops and kills neither count nor break a row.
class FailureStreak {
public:
    // Why to pause, or nothing. `limit` 0 never pauses.
    std::optional<std::string> add(const Outcome& outcome, int limit);
    void clear();  // after a resume the row starts again

private:
    std::string alike_;
    int length_ = 0;
};

// Counts infrastructure failures in a row per host, and over all. A success on a host closes its
// breaker; while it is open the host should get no jobs (a backend that cannot choose hosts waits).
class Breaker {
public:
    void failed(const std::string& host, Instant at);
    void worked(const std::string& host);
    void started(const std::string& host);  // a script runs there

    bool open(const std::string& host, Instant now) const;
    // Hosts that jobs should not be sent to. None where no other one is known to start any: a job that may go nowhere
    // would wait for ever.
    std::vector<std::string> avoided(Instant now) const;

    // Why the whole experiment should pause: `all_hosts` failures in a row and no success between.
    std::optional<std::string> tripped() const;
    void clear();

    static constexpr int per_host = 3;
    static constexpr int all_hosts = 20;
    static constexpr Seconds cool_down{300};

private:
    struct Row {
        int failures = 0;
        Instant last{};
    };
    std::map<std::string, Row> hosts_;
    std::set<std::string> able_;  // scripts have started there
    int in_a_row_ = 0;
    std::string last_host_;
};

}  // namespace tw
