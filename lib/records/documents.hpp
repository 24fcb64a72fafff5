// The JSON files of a trial directory: config, result, outcome, metrics, requests.
// Readers never throw, accept any bytes, and say where a document is wrong. A text that is only the
// beginning of a document (or empty) is Code::not_yet: its writer may be at work.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/scalar.hpp"
#include "base/time.hpp"
#include "records/experiment.hpp"

namespace tw {

// Longest document that is read; a longer file is an error that says so.
inline constexpr std::int64_t document_limit = 1 << 20;

// An outcome repeats all values of a result, and each may be longer there: 1e15 is 1000000000000000.0.
inline constexpr std::int64_t outcome_limit = 8 << 20;

// The toolkit's own part of a config.json, under the key "_trial".
struct Proposal {
    std::string run;         // the optimizer run that proposed; "" for a person's trial
    std::int64_t k = -1;     // its number within the run, from 0
    std::int64_t seen = 0;   // outcomes told to the sampler before it proposed (highest seq)
    std::uint64_t seed = 0;  // for the job: TRIAL_SEED
    std::optional<double> budget;
    std::string parent;  // trial whose checkpoint this one continues
    std::string sampler;
    std::int64_t revision = 0;  // of experiment.json when proposed; 0 unknown
};

struct Config {
    Params params;  // scalar values at the top level
    Proposal proposal;
    std::vector<std::string> other;  // top-level keys with arrays or objects: left to the job, not parameters
};

Result<Config> read_config(const std::string& text, const std::string& file);
std::string write_config(const Config& config);

// What the last stage answered. NaN and Infinity, as Python writes them, are read; a value that is
// an objective must then be finite for the trial to complete (see judge_result).
struct ResultDocument {
    std::map<std::string, double> values;       // every top-level number
    std::map<std::string, std::string> others;  // what the rest are: "a string", "null", ...
};

Result<ResultDocument> read_result(const std::string& text, const std::string& file);

// All objectives, and all values that constraints are on, are there and finite; the error names the one that
// is not.
Status judge_result(const ResultDocument& result, const std::vector<Objective>& objectives,
                    const std::vector<OutcomeConstraint>& constraints = {});

enum class EndState { complete, pruned, failed, killed };
std::string_view to_string(EndState state);
std::optional<EndState> end_state_from(std::string_view text);

struct Outcome {
    std::int64_t seq = 0;  // position in the journal's order of endings, from 1
    EndState state = EndState::failed;
    std::map<std::string, double> values;  // objectives first named in experiment.json, and all other numbers
    std::string reason;                    // "" when complete
    std::string kind;  // machine-readable class of failure: exit, marker, result, timeout, infra, config, ...
    std::string stage;                                              // where it failed
    std::map<std::string, std::vector<std::int64_t>> failed_tasks;  // tolerated or not, by stage
    std::int64_t attempts = 0;                                      // starts of scripts, all stages and tasks
    double seconds = 0;                                             // from the first start to the end
    Instant ended{};
    std::string by;  // who asked, for stops and kills
};

Result<Outcome> read_outcome(const std::string& text, const std::string& file);
std::string write_outcome(const Outcome& outcome);

// One line of metrics.jsonl: {"step":3,"loss":0.41}. Other keys that are numbers are metrics.
struct MetricLine {
    std::int64_t step = 0;
    std::map<std::string, double> values;
};

// One metric after one step; may be NaN.
struct Measured {
    std::int64_t step = 0;
    double value = 0;
};

// Whole lines of `text`; a last line without newline is left for later (`consumed` says how far it
// read). Lines that are no metric are skipped and counted in `skipped`.
struct MetricLines {
    std::vector<MetricLine> lines;
    std::size_t consumed = 0;
    int skipped = 0;
};
MetricLines read_metrics(std::string_view text);
std::string write_metric(const MetricLine& line);  // with its newline

inline constexpr const char* pruner_name = "pruner";
inline constexpr const char* optimizer_name = "optimizer";  // where a rule of optimizer.stop ends the search

// A request file: empty, or {"by":"...","reason":"..."}. Anything else in it is ignored: the name is the
// request.
struct Request {
    std::string
        by;  // pruner_name or optimizer_name for the optimizer; "" a person whose name is the file's owner
    std::string reason;
};
Request read_request(const std::string& text);
Result<Request> parse_request(const std::string& text,
                              const std::string& file);  // says what is wrong with it
std::string write_request(const Request& request);

// The file .trialwatch/id: which experiment this is and which directory it is bound to.
struct Identity {
    std::string id;  // 16 hex digits
    std::string path;
    std::uint64_t inode = 0;  // of the experiment directory
};
Result<Identity> read_identity(const std::string& text, const std::string& file);
std::string write_identity(const Identity& identity);

}  // namespace tw
