// The verbs of trialctl. Each returns an exit status: 0 done, 1 it failed, 2 it was asked wrongly.
// `fs` is the experiment. Contracts are those of protocol/08-command-output.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/ctl/context.hpp"

namespace tw {

// Reading.

int status_verb(CtlContext& context, FileSystem& fs, bool json);

struct ListOptions {
    std::vector<std::string> experiments;
    std::vector<std::string> states;
    std::string sort;  // a value, a parameter, or a column
    bool reverse = false, csv = false, json = false;
};
int list_verb(CtlContext& context, const ListOptions& options);

int show_verb(CtlContext& context, FileSystem& fs, const std::string& id, bool json);

struct BestOptions {
    int count = 0;   // 0: the best with its ties, or the Pareto front
    std::string by;  // another value than the objectives
    bool maximize = false;
    bool json = false;
};
int best_verb(CtlContext& context, FileSystem& fs, const BestOptions& options);

int insight_verb(CtlContext& context, FileSystem& fs, bool json);

struct LogsOptions {
    std::string id, stage;
    std::optional<std::int64_t> task, attempt;  // attempt: the newest of each task
    bool follow = false;
};
int logs_verb(CtlContext& context, FileSystem& fs, const LogsOptions& options);

int check_verb(CtlContext& context, FileSystem& fs, bool json);

int agents_verb(CtlContext& context, FileSystem& fs, bool json);

struct WaitOptions {
    std::optional<Seconds> timeout;
};
int wait_verb(CtlContext& context, FileSystem& fs, const WaitOptions& options);

struct SubmitOptions {
    std::string id;  // "": the next one, with the default configuration
    bool json = false;
};
int submit_verb(CtlContext& context, FileSystem& fs, const SubmitOptions& options);

// Inside a job.

struct GetOptions {
    std::string key;
    std::optional<std::string> otherwise;
    bool json = false;
};
int get_verb(CtlContext& context, const GetOptions& options);

struct ReportOptions {
    std::vector<std::string> values;  // "name=number"
    std::int64_t step = 0;
};
inline constexpr int stop_asked = 3;  // the exit status of `report`: end when convenient
int report_verb(CtlContext& context, const ReportOptions& options);

// Asking for something.

enum class RequestKind { stop, kill, retry };
struct RequestOptions {
    RequestKind kind = RequestKind::stop;
    std::vector<std::string> ids;
    std::string state;
    bool all = false;
    std::string reason;
};
int request_verb(CtlContext& context, FileSystem& fs, const RequestOptions& options);

int pause_verb(CtlContext& context, FileSystem& fs, const std::string& reason);
int resume_verb(CtlContext& context, FileSystem& fs);

struct DrainOptions {
    std::vector<std::string> ids;
    bool all = false;
};
int drain_verb(CtlContext& context, FileSystem& fs, const DrainOptions& options);

enum class CopyKind { moved, copied };
int identity_verb(CtlContext& context, FileSystem& fs, CopyKind kind);

// Making something.

struct NewOptions {
    std::vector<std::string> set, sweeps, inputs;
    std::string config;  // a file, or "-"
    bool dry_run = false, json = false;
};
int new_verb(CtlContext& context, FileSystem& fs, const NewOptions& options);

struct InitOptions {
    std::string templates;  // the directory that holds them
    std::string name = "minimal";
    std::string from;  // an old experiment instead
};
// `fs` is the new directory.
int init_verb(CtlContext& context, FileSystem& fs, const InitOptions& options);

// Code::exists where the directory of a new experiment has something in it.
Status require_empty(FileSystem& fs);

struct ImportSpaceOptions {
    std::string file;  // or "-"
    std::string from;  // its format; "": recognized
};
// Prints the experiment.json that the search space of another tool becomes, and on err what is not carried
// over.
int import_space_verb(CtlContext& context, const ImportSpaceOptions& options);
// Makes an experiment of it; `fs` is the new directory.
int import_space_verb(CtlContext& context, FileSystem& fs, const ImportSpaceOptions& options);

// Running.

struct RunOptions {
    std::string trials;  // "+100"
    int jobs = 0;
    bool agent = false;  // one here, too, where jobs are for agents; always in an allocation of Slurm
    bool detach = false, overwrite = false, yes = false;
};
int run_verb(CtlContext& context, FileSystem& fs, const RunOptions& options);

struct TryOptions {
    std::vector<std::string> set;
    int jobs = 0;
};
int try_verb(CtlContext& context, FileSystem& fs, const TryOptions& options);

}  // namespace tw
