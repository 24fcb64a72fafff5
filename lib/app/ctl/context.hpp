// What the verbs of trialctl are given from outside, and the little they all say alike.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "app/view.hpp"
#include "ports/clock.hpp"
#include "ports/filesystem.hpp"
#include "ports/process.hpp"

namespace tw {

// A file that a person named on the command line.
struct NamedFile {
    std::unique_ptr<FileSystem> fs;  // its directory
    std::string name;
};

struct CtlContext {
    Clock& clock;
    Processes& processes;
    std::ostream& out;
    std::ostream& err;
    Waker* waker = nullptr;  // never null for the verbs that wait
    bool colour = false;     // `out` is a terminal, and NO_COLOR is not set
    bool terminal = false;   // lines of `out` may be rewritten
    int width = 0;           // of the terminal; 0: no limit
    std::string program;     // absolute path of trialctl; the other programs lie beside it

    std::function<Result<std::unique_ptr<FileSystem>>(const std::string& directory)> open;
    std::function<Result<NamedFile>(const std::string& path)> find_file;  // links are followed
    std::function<Result<std::string>()> read_input;                      // all of standard input
    std::function<bool(const std::string& question)> confirm;  // empty: nobody is there to be asked
};

// "trialctl: ..." on err. Returns the exit status that belongs to the error.
int complain(CtlContext& context, const Error& error);

// A variable of the environment; "" when unset.
std::string variable(CtlContext& context, const std::string& name);

// "trialwatch /path/of/experiment", ready to be pasted.
std::string command_line(const std::string& program, FileSystem& fs, const std::string& rest = "");

// Letters and digits; later ones sort later.
std::string sortable_nonce(CtlContext& context);
std::string temporary_nonce(CtlContext& context);  // of temporary names: whoever finds one knows whose it was

// Whole text of a file that a person named; "-" is standard input. At most document_limit bytes.
Result<std::string> read_named(CtlContext& context, const std::string& path);

// Tells the watcher that something waits for it. No spool, no watcher: not an error.
void ring(CtlContext& context, FileSystem& fs, const TrialId& trial);

// What a person starts where `program` is missing: it alone beside a living other one, else `trialctl run`.
std::string start_command(FileSystem& fs, const ExperimentView& view, const std::string& program);

// A line on err when nobody will act on a request.
void warn_without_watcher(CtlContext& context, FileSystem& fs, const ExperimentView& view);

}  // namespace tw
