// The options of a command backend, read; command.hpp says what they mean. Private to command/.
#pragma once

#include <optional>

#include "batch/cluster/batch_ports.hpp"
#include "batch/command/pattern.hpp"
#include "batch/command/words.hpp"
#include "records/experiment.hpp"

namespace tw::command {

struct Options {
    CommandWords submit, status, cancel;
    std::optional<CommandWords> signal, history, array, element;
    std::vector<std::string> index;  // names of variables
    Pattern job_id, line;
    std::optional<Pattern> ignore, queued, running, held, ended, absent, gone, invalid, busy;
    OptionTable words;  // queue, account, args

    bool lists_tasks() const { return array && array->mentions("list"); }
};

// A profile's options under these. Code::invalid with the pointer "/options/KEY".
Result<Options> read_options(const OptionTable& options);

// queue, account and args: values that may be words of a command line. Others are unknown here.
Status check_words(const OptionTable& words);

std::vector<std::string> args_of(const OptionTable& words);

}  // namespace tw::command
