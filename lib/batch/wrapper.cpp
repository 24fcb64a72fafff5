#include "batch/wrapper.hpp"

#include "base/text.hpp"
#include "records/event_name.hpp"

namespace tw {

std::string wrapper_name() {
    return "wrap-" + content_hash(wrapper_text());
}

std::vector<std::string> wrapper_argv(const std::string& experiment, const std::string& id,
                                      const TrialId& trial, const AttemptKey& key, const std::string& done,
                                      const std::vector<std::string>& command) {
    // /bin/sh by path: the job's PATH is the user's, and may lead to another sh.
    std::vector<std::string> argv{"/bin/sh",
                                  experiment + "/.trialwatch/bin/" + wrapper_name(),
                                  experiment,
                                  id,
                                  trial,
                                  key.name(),
                                  spool_shard(trial),
                                  done.empty() ? "-" : done};
    argv.insert(argv.end(), command.begin(), command.end());
    return argv;
}

}  // namespace tw
