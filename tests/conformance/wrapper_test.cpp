// The wrapper that clusters run and its twin that simulations run, on equal directories of the real disk: they must do
// the same.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>

#include "batch/wrapper.hpp"
#include "conformance/job_site.hpp"
#include "posix/filesystem.hpp"
#include "support/temp_directory.hpp"
#include "support/wrapper_twin.hpp"
#include "trialdir/layout.hpp"

namespace tw::conformance {
namespace {

struct Case {
    std::string name;
    std::string script = "touch ran";
    std::function<void(FileSystem&)> before = [](FileSystem&) {};
    TrialId trial = "000042";
    AttemptKey key{1, "flow", 3, 1};
    std::string id = JobSite::id();
    std::string done = "done";
};

void PrintTo(const Case& wanted, std::ostream* out) {
    *out << wanted.name;
}

std::string shell_word(const std::string& word) {
    return "'" + word + "'";
}

int status_of(const std::string& line) {
    int status = std::system(line.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// What an experiment holds afterwards: names, and the contents of claims. Who it was is left out.
std::string look(FileSystem& fs, const std::string& directory) {
    std::string tree;
    auto entries = fs.list(directory).value();
    std::sort(entries.begin(), entries.end(), [](auto& a, auto& b) { return a.name < b.name; });
    for (auto& entry : entries) {
        std::string path = directory.empty() ? entry.name : directory + "/" + entry.name;
        if (entry.kind == FileKind::directory) {
            tree += path + "/\n" + look(fs, path);
            continue;
        }
        auto event = parse_event_name(entry.name);
        if (event) {
            event->host = "host";
            event->nonce = "nonce";
            path = directory + "/" + event_name(*event);
        }
        tree += path + "\n";
        if (auto claim = parse_claim(fs.read(path, 0, 4096).value_or(""));
            claim && path.starts_with(layout::claims))
            tree += claim->voided ? "  void\n" : "  claimed\n";
    }
    return tree;
}

class Site {
public:
    explicit Site(const Case& wanted) : case_(wanted) {
        JobSite site(temporary_.path());
        fs_ = PosixFileSystem::open(temporary_.path()).value();
        for (auto& directory : {layout::claims, layout::once, layout::claims_of(case_.trial), layout::trial(case_.trial)})
            (void)fs_->make_directory(directory);
        (void)fs_->create(layout::gate(case_.trial, case_.key.incarnation), "");
        case_.before(*fs_);
    }

    int run_shell() {
        auto argv = wrapper_argv(temporary_.path(), case_.id, case_.trial, case_.key, case_.done,
                                 {"/bin/sh", "-c", case_.script});
        std::string line;
        for (auto& word : argv) line += shell_word(word) + " ";
        return status_of(line + "2> /dev/null");
    }

    int run_twin() {
        support::WrapperArguments arguments{case_.id, case_.trial, case_.key, spool_shard(case_.trial), case_.done};
        support::WrapperSite site;
        ++runs_;
        site.self = {false, "host", "boot", 100, runs_, "100x" + std::to_string(runs_)};
        site.told_to_end = [] { return false; };
        site.entered = [] {};
        site.command = [&](auto&) {
            return status_of("cd " + shell_word(temporary_ / layout::trial(case_.trial)) + " && " + case_.script);
        };
        return support::run_wrapper(*fs_, arguments, site);
    }

    std::string tree() { return look(*fs_, ""); }

private:
    Case case_;
    support::TempDirectory temporary_;
    std::unique_ptr<FileSystem> fs_;
    int runs_ = 0;
};

void put(FileSystem& fs, const std::string& path, const std::string& text) {
    (void)fs.remove(path);
    ASSERT_TRUE(fs.create(path, text)) << path;
}

std::vector<Case> cases() {
    const std::string claim = layout::claim("000042", {1, "flow", 3, 1});
    std::vector<Case> list{
        {"runs"},
        {"tells_a_failure", "exit 7"},
        {"sees_the_marker", "touch done"},
        {"fails_beside_its_marker", "touch done; exit 3"},
        {"has_no_marker", "true", [](auto&) {}, "000042", {1, "flow", 3, 1}, JobSite::id(), "-"},
        {"is_of_another_experiment", "touch ran", [](auto&) {}, "000042", {1, "flow", 3, 1}, "fedcba9876543210"},
        {"runs_once_stages", "touch ran", [](auto&) {}, "@before"},
        {"runs_a_named_trial", "touch ran", [](auto&) {}, "mine"},
        {"is_of_a_later_incarnation", "touch ran", [](auto&) {}, "000042", {12, "flow", 3, 2}},
    };
    auto add = [&](std::string name, std::function<void(FileSystem&)> before, const TrialId& trial = "000042") {
        list.push_back({std::move(name), "touch ran", std::move(before), trial});
    };
    add("finds_its_claim_taken", [=](auto& fs) { put(fs, claim, "other boot 1 2 1x2\n"); });
    add("finds_itself_given_up", [=](auto& fs) { put(fs, claim, "void\n"); });
    add("finds_a_claim_in_the_making", [=](auto& fs) { put(fs, claim, ""); });
    add("finds_the_gate_closed", [](auto& fs) { (void)fs.remove(layout::gate("000042", 1)); });
    add("finds_a_later_gate", [](auto& fs) { put(fs, layout::gate("000042", 2), ""); });
    add("finds_an_earlier_gate", [](auto& fs) { put(fs, layout::gate("000042", 0), ""); });
    add("finds_the_trial_ended", [](auto& fs) { put(fs, layout::outcome("000042"), "{}"); });
    add("runs_a_once_stage_again", [](auto& fs) { put(fs, layout::outcome("@after"), "{}"); }, "@after");
    add("has_no_place_for_claims", [](auto& fs) {
        (void)fs.remove(layout::gate("000042", 1));
        (void)fs.remove_directory(layout::claims_of("000042"));
    });
    add("cannot_read_the_id", [](auto& fs) { (void)fs.remove(layout::identity); });
    add("finds_half_an_id", [](auto& fs) { put(fs, layout::identity, "{\"i"); });
    add("cannot_enter", [](auto& fs) { (void)fs.remove_directory(layout::trial("missing")); }, "missing");
    add("has_no_spool", [](auto& fs) { (void)fs.remove_directory(layout::spool + "/10"); });
    return list;
}

class Wrapper : public testing::TestWithParam<Case> {};

TEST_P(Wrapper, AndItsTwinDoTheSame) {
    Site shell(GetParam()), twin(GetParam());
    ASSERT_EQ(shell.tree(), twin.tree());
    EXPECT_EQ(shell.run_shell(), twin.run_twin());
    EXPECT_EQ(shell.tree(), twin.tree());
    EXPECT_EQ(shell.run_shell(), twin.run_twin()) << "once more";
    EXPECT_EQ(shell.tree(), twin.tree()) << "once more";
}

INSTANTIATE_TEST_SUITE_P(All, Wrapper, testing::ValuesIn(cases()), [](auto& test) { return test.param.name; });

}  // namespace
}  // namespace tw::conformance
