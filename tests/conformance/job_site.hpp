// An experiment directory on the real disk, as a watcher leaves it before the first submit, and looks
// into what wrappers did there. For suites that run real jobs.
#pragma once

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/filesystem/operations.hpp>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "batch/scheduler.hpp"
#include "batch/wrapper.hpp"
#include "records/documents.hpp"

namespace tw::conformance {

class JobSite {
public:
    explicit JobSite(std::string root) : root_(std::move(root)) {
        for (int shard = 0; shard < 16; ++shard) {
            make(".trialwatch/spool/" + std::string(shard < 10 ? "0" : "") + std::to_string(shard));
        }
        make(".trialwatch/bin");
        struct stat place {};
        (void)::stat(root_.c_str(), &place);
        write(".trialwatch/id", write_identity({id(), root_, place.st_ino}));
        write(".trialwatch/bin/" + wrapper_name(), std::string(wrapper_text()));
        make_trial(trial());
    }

    // Of its own for each test that runs now: backends find jobs by it, and may end them.
    static std::string id() { return fmt::format("{:016x}", ::getpid()); }
    static TrialId trial() { return "000042"; }
    const std::string& root() const { return root_; }
    std::string directory() const { return root_ + "/trials/" + trial(); }

    static JobRef job(std::int64_t task, std::int64_t attempt = 1) {
        return {trial(), {1, "flow", task, attempt}};
    }

    // A request of one job that runs `script` by the shell.
    JobRequest request(const JobRef& ref, const std::string& script, const Resources& resources = {}) const {
        JobRequest request{make_token(id(), ref.trial, ref.key), ref.trial, directory(), resources, {}};
        request.tasks.push_back(launch(ref, script));
        return request;
    }
    TaskLaunch launch(const JobRef& ref, const std::string& script) const {
        const std::string log = directory() + "/logs/" + ref.key.name();
        return {ref.key,
                wrapper_argv(root_, id(), ref.trial, ref.key, "done", {"/bin/sh", "-c", script}),
                {},
                log,
                log};
    }

    bool exists(const std::string& name) const { return boost::filesystem::exists(root_ + "/" + name); }
    bool in_trial(const std::string& name) const { return exists("trials/" + trial() + "/" + name); }
    std::string read(const std::string& name) const {
        std::ifstream file(root_ + "/" + name);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    std::string read_in_trial(const std::string& name) const {
        return read("trials/" + trial() + "/" + name);
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(root_ + "/" + name) << text;
    }

    std::string claim_path(const JobRef& ref) const {
        return ".trialwatch/claims/" + ref.trial + "/" + ref.key.name();
    }
    std::optional<Claim> claim(const JobRef& ref) const {
        auto claim = parse_claim(read(claim_path(ref)));
        return claim ? std::optional<Claim>(*claim) : std::nullopt;
    }

    // Events of one job, sorted: "x" the kind, then the status, then "+" with the marker.
    std::vector<std::string> events(const JobRef& ref) const {
        std::multiset<std::string> found;
        const std::string spool = root_ + "/.trialwatch/spool/" + spool_shard(ref.trial);
        for (const auto& entry : boost::filesystem::directory_iterator(spool)) {
            auto event = parse_event_name(entry.path().filename().string());
            if (!event || event->trial != ref.trial || event->key != ref.key) continue;
            std::string letter = entry.path().filename().string().substr(0, 1);
            found.insert(letter + std::to_string(event->rc) + (event->marker ? "+" : ""));
        }
        return {found.begin(), found.end()};
    }

private:
    void make(const std::string& name) const { boost::filesystem::create_directories(root_ + "/" + name); }
    void make_trial(const TrialId& name) const {
        make("trials/" + name + "/logs");
        make(".trialwatch/claims/" + name);
        write(".trialwatch/claims/" + name + "/go.1", "");
    }

    std::string root_;
};

}  // namespace tw::conformance
