// What sbatch is told, what it answers, and what experiment.json and job-written files may say. Answers are
// those of Slurm 22.05.8, as it printed them.
#include <gmock/gmock.h>

#include <algorithm>

#include "base/text.hpp"
#include "batch/slurm/sbatch.hpp"
#include "batch/slurm/sbatch_file.hpp"
#include "batch/slurm/slurm.hpp"
#include "batch/slurm/task_list.hpp"

namespace tw::slurm {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

JobGroup group() {
    JobGroup group;
    group.token = "tw0123456789abc";
    group.indexes = {0};
    group.directory = "/data/my search/trials/000001";
    group.launch = "/data/my search/.trialwatch/jobs/000001.1/tw0123456789abc.0.sh";
    group.log = "/data/my search/.trialwatch/jobs/000001.1/tw0123456789abc.0.log";
    return group;
}

std::vector<std::string> argv_of(const JobGroup& group, const OptionTable& backend = {}) {
    auto options = read_options(backend, group.resources.options);
    EXPECT_TRUE(options) << options.error().text();
    return sbatch_argv(group, *options, "0123456789abcdef");
}

TEST(slurm_sbatch, a_single_job) {
    EXPECT_THAT(
        argv_of(group()),
        ElementsAre("sbatch", "--nodes=1", "--ntasks=1", "--cpus-per-task=1", "--parsable", "--export=ALL",
                    "--no-requeue", "--job-name=tw0123456789abc", "--comment=trialwatch 0123456789abcdef",
                    "--open-mode=append", "--output=" + group().log, "--error=" + group().log,
                    "--chdir=/data/my search/trials/000001"));
    EXPECT_EQ(batch_script(group()),
              "#!/bin/sh\nexec /bin/sh '/data/my search/.trialwatch/jobs/000001.1/tw0123456789abc.0.sh' "
              "\"${SLURM_ARRAY_TASK_ID:-0}\"\n");
}

TEST(slurm_sbatch, an_array_is_a_list_with_the_throttle) {
    JobGroup array = group();
    array.indexes = {1, 2, 3, 7, 9, 10};
    EXPECT_THAT(argv_of(array), Contains("--array=1-3,7,9-10"));
    EXPECT_THAT(argv_of(array, {{"throttle", "20"}}), Contains("--array=1-3,7,9-10%20"));
    array.resources.options["throttle"] = "2";
    EXPECT_THAT(argv_of(array, {{"throttle", "20"}}), Contains("--array=1-3,7,9-10%2"));
}

TEST(slurm_sbatch, resources) {
    JobGroup job = group();
    job.resources.cpus = 4;
    job.resources.ranks = 8;
    job.resources.nodes = 2;
    job.resources.gpus = 2;
    job.resources.memory = (std::int64_t{1} << 30) + 1;
    EXPECT_THAT(argv_of(job),
                AllOf(Contains("--nodes=2"), Contains("--ntasks=8"), Contains("--cpus-per-task=4"),
                      Contains("--gres=gpu:2"), Contains("--mem=1025M")));
    EXPECT_THAT(argv_of(job, {{"gpus_as", "gpus"}}), Contains("--gpus=2"));
    EXPECT_THAT(argv_of(job, {{"gpu_type", "a100"}, {"gres", "lustre:1"}}),
                Contains("--gres=lustre:1,gpu:a100:2"));
}

// TERM comes up to a minute early, and must not come before the job's own time is over.
TEST(slurm_sbatch, the_limit_leaves_room_for_the_grace_and_for_an_early_signal) {
    for (auto [time, grace] : {std::pair{600, 30}, {3601, 90}, {1, 1}, {59, 30}, {200000, 30}}) {
        JobGroup job = group();
        job.resources.time = Seconds(time);
        job.grace = Seconds(grace);
        int minutes = 0, before = 0;
        for (const std::string& word : argv_of(job)) {
            if (word.starts_with("--time=")) minutes = std::stoi(word.substr(7));
            if (word.starts_with("--signal=B:TERM@")) before = std::stoi(word.substr(16));
        }
        EXPECT_GE(minutes * 60 - before - 60, time);
        EXPECT_LE(minutes * 60 - before - 60, time + 60);
        EXPECT_GE(before, grace);
        EXPECT_LE(minutes * 60, time + grace + 120);
    }
    EXPECT_THAT(argv_of(group()), Not(Contains(AnyOf(StartsWith("--time"), StartsWith("--signal")))));
}

TEST(slurm_sbatch, other_options_are_those_of_sbatch_and_a_stage_wins) {
    JobGroup job = group();
    job.resources.options = {
        {"qos", "long"}, {"exclusive", "true"}, {"reservation", "false"}, {"constraint", "a b;$(x)\nqueue"}};
    auto argv =
        argv_of(job, {{"partition", "gpu"}, {"qos", "short"}, {"reservation", "monday"}, {"account", "-x"}});
    EXPECT_THAT(argv, AllOf(Contains("--partition=gpu"), Contains("--qos=long"), Contains("--exclusive"),
                            Contains("--account=-x"), Contains("--constraint=a b;$(x)\nqueue")));
    EXPECT_THAT(argv, Not(Contains(HasSubstr("reservation"))));
}

TEST(slurm_sbatch, hosts_to_avoid_are_added_to_the_users) {
    JobGroup job = group();
    job.avoid = {"n1", "n2"};
    EXPECT_THAT(argv_of(job, {{"exclude", "bad[1-3]"}}), Contains("--exclude=bad[1-3],n1,n2"));
    EXPECT_THAT(argv_of(job), Contains("--exclude=n1,n2"));
}

// Tried: with a backslash in it, percent signs are plain and backslashes doubled; without, percent signs are
// doubled.
TEST(slurm_sbatch, an_output_pattern_names_exactly_that_file) {
    EXPECT_EQ(output_pattern("/a b/c"), "/a b/c");
    EXPECT_EQ(output_pattern("/a%j/%%x"), "/a%%j/%%%%x");
    EXPECT_EQ(output_pattern("/a%j/x\\y"), "/a%j/x\\\\y");
}

TEST(slurm_options, what_would_break_the_protocol_is_refused_with_the_reason) {
    for (const char* name :
         {"job-name", "array", "output", "error", "wrap", "export", "parsable", "chdir", "requeue",
          "open-mode", "comment", "wait", "test-only", "clusters", "time", "mem", "nodes", "gpus"}) {
        auto checked = check_slurm_options({{name, "x"}});
        ASSERT_FALSE(checked) << name;
        EXPECT_EQ(checked.error().code, Code::invalid);
        EXPECT_EQ(checked.error().pointer, std::string("/options/") + name);
        EXPECT_FALSE(checked.error().hint.empty()) << name;
    }
    for (const char* name : {"dependency", "partition", "mem-per-cpu", "wait-all-nodes", "time-min",
                             "ntasks-per-node", "some-plugins-own"})
        EXPECT_TRUE(check_slurm_options({{name, "x"}})) << name;
}

// getopt_long takes any beginning of a name that is clear.
TEST(slurm_options, abbreviations_of_refused_options_are_refused) {
    for (const char* name : {"arr", "job", "outp", "exp", "wra", "test", "requ", "clust"})
        EXPECT_FALSE(check_slurm_options({{name, "x"}})) << name;
}

TEST(slurm_options, mistakes) {
    auto hint = [](const OptionTable& options) {
        auto checked = check_slurm_options(options);
        return checked ? std::string("none") : checked.error().text();
    };
    EXPECT_THAT(hint({{"partitoin", "gpu"}}), HasSubstr("did you mean 'partition'?"));
    EXPECT_THAT(hint({{"throtle", "2"}}), HasSubstr("did you mean 'throttle'?"));
    EXPECT_THAT(hint({{"--partition", "gpu"}}), HasSubstr("without the leading dashes"));
    EXPECT_THAT(hint({{"p", "gpu"}}), HasSubstr("no long option"));
    EXPECT_THAT(hint({{"throttle", "0"}}), HasSubstr("above 0"));
    EXPECT_THAT(hint({{"gpus_as", "cards"}}), HasSubstr("'gres' or 'gpus'"));
    EXPECT_THAT(hint({{"gpu_type", "a,b"}}), HasSubstr("no type of GPU"));
    EXPECT_THAT(hint({{"jobcomp", "log"}}), HasSubstr("absolute"));
    Resources resources;
    resources.options = {{"jobcomp", "/log"}};
    ASSERT_FALSE(check_slurm_resources(resources));
    EXPECT_EQ(check_slurm_resources(resources).error().pointer, "/options/jobcomp");
    resources.options.clear();
    EXPECT_TRUE(check_slurm_resources(resources));
    resources.nodes = 0;
    EXPECT_EQ(check_slurm_resources(resources).error().pointer, "/nodes");
}

Code refusal(const std::string& error, int status = 1) {
    auto id = read_submitted({status, "", error});
    return id ? Code::exists : id.error().code;
}

TEST(slurm_answers, the_id) {
    EXPECT_EQ(*read_submitted({0, "143\n", ""}), "143");
    EXPECT_EQ(*read_submitted({0, "143;lab\n", ""}), "143");
    EXPECT_EQ(*read_submitted({0, "Welcome to 2 clusters\n143\n", "sbatch: your quota is nearly used up\n"}),
              "143");
    EXPECT_EQ(read_submitted({0, "", ""}).error().code, Code::io);
    EXPECT_EQ(read_submitted({0, "Submitted\n", ""}).error().code, Code::io);
}

TEST(slurm_answers, what_does_not_get_better_is_invalid) {
    const std::string failed = "sbatch: error: Batch job submission failed: ";
    for (const std::string& said :
         {"sbatch: error: invalid partition specified: gpu\n" + failed + "Invalid partition name specified\n",
          failed + "Invalid feature specification\n",
          "sbatch: error: Memory specification can not be satisfied\n" + failed +
              "Requested node configuration is not available\n",
          std::string("sbatch: error: Invalid generic resource (gres) specification\n"),
          failed + "Invalid job array specification\n", failed + "Invalid license specification\n",
          failed + "Requested reservation is invalid\n", failed + "Node count specification invalid\n",
          failed + "Invalid account or account/partition combination specified\n",
          failed + "Invalid qos specification\n",
          failed + "Requested time limit is invalid (missing or exceeds some limit)\n",
          "sbatch: error: QOSMaxCpuPerJobLimit\n" + failed +
              "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)\n",
          "sbatch: error: please name an account\n" + failed + "Unspecified error\n"})
        EXPECT_EQ(refusal(said), Code::invalid) << said;
    EXPECT_EQ(
        refusal("sbatch: unrecognized option '--frobnicate'\nTry \"sbatch --help\" for more information\n",
                255),
        Code::invalid);
    EXPECT_EQ(refusal("sbatch: error: Invalid --begin specification\n", 255), Code::invalid);
}

TEST(slurm_answers, too_many_jobs_is_busy_and_silence_is_io) {
    const std::string failed = "sbatch: error: Batch job submission failed: ";
    const std::string policy =
        "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)\n";
    EXPECT_EQ(refusal("sbatch: error: QOSMaxSubmitJobPerUserLimit\n" + failed + policy), Code::busy);
    EXPECT_EQ(refusal("sbatch: error: AssocMaxSubmitJobLimit\n" + failed + policy), Code::busy);
    EXPECT_EQ(refusal(failed + policy), Code::busy);
    EXPECT_EQ(refusal(failed + "Required partition not available (inactive or drained)\n"), Code::busy);
    EXPECT_EQ(refusal("sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying.\n"),
              Code::busy);
    EXPECT_EQ(refusal(failed + "Unable to contact slurm controller (connect failure)\n"), Code::io);
    EXPECT_EQ(refusal(failed + "Socket timed out on send/recv operation\n"), Code::io);
    EXPECT_EQ(refusal(failed + "Protocol authentication error\n"), Code::io);
    EXPECT_EQ(refusal("something new\n"), Code::io);
    EXPECT_EQ(refusal(""), Code::io);
}

TEST(slurm_answers, the_words_are_sbatchs_own) {
    auto id =
        read_submitted({1, "",
                        "sbatch: error: invalid partition specified: gpu\n"
                        "sbatch: error: Batch job submission failed: Invalid partition name specified\n"});
    EXPECT_EQ(id.error().what, "sbatch: invalid partition specified: gpu; Invalid partition name specified");
}

GeneratedFile file(const std::string& text) {
    return {"000001", "trials/000001/run_flow.sbatch", text};
}

TEST(slurm_file, each_element_runs_the_file_with_the_users_own_index) {
    auto read = read_sbatch_file(file("#!/bin/bash -l\n"
                                      "#SBATCH --array=10-30:10%2 # three\n"
                                      "#SBATCH --export=ALL,MODEL='a b',PATH\n"
                                      "echo $SLURM_ARRAY_TASK_ID\n"),
                                 "/data/search");
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_TRUE(read->as_it_stands);
    ASSERT_EQ(read->items.size(), 3u);
    const SubmitItem& item = read->items[1];
    EXPECT_EQ(item.executable, "/bin/bash");
    EXPECT_THAT(item.arguments, ElementsAre("-l", "run_flow.sbatch"));
    EXPECT_THAT(item.environment, ElementsAre("MODEL=a b", "SLURM_ARRAY_TASK_ID=20",
                                              "SLURM_ARRAY_TASK_COUNT=3", "SLURM_ARRAY_TASK_MIN=10",
                                              "SLURM_ARRAY_TASK_MAX=30", "SLURM_ARRAY_TASK_STEP=10"));
}

TEST(slurm_file, an_array_is_said_in_many_ways_and_the_last_one_wins) {
    auto count = [](const std::string& lines) {
        auto read = read_sbatch_file(file("#!/bin/sh\n" + lines + "\ntrue\n"), "/s");
        return read ? static_cast<int>(read->items.size()) : -1;
    };
    EXPECT_EQ(count("#SBATCH -a 1-3"), 3);
    EXPECT_EQ(count("#SBATCH -a1-3"), 3);
    EXPECT_EQ(count("#SBATCH --array 0-9 -n 2"), 10);
    EXPECT_EQ(count("#SBATCH --arr=1,2"), 2);
    EXPECT_EQ(count("#SBATCH -n 2 --array=\"1-4\""), 4);
    EXPECT_EQ(count("#SBATCH --array=1-3\n\n# more\n#SBATCH --array=1-5"), 5);
    EXPECT_EQ(count("##SBATCH --array=1-3"), 1);
    EXPECT_EQ(count("true\n#SBATCH --array=1-3"), 1) << "sbatch reads no more behind the first command";
}

TEST(slurm_file, without_an_array_there_is_one_task_that_sees_no_array) {
    auto read = read_sbatch_file(file("#!/bin/sh\n#SBATCH -D work\ntrue\n"), "/data/search");
    ASSERT_TRUE(read);
    ASSERT_EQ(read->items.size(), 1u);
    EXPECT_EQ(read->items[0].executable, "/usr/bin/env");
    EXPECT_THAT(join(read->items[0].arguments, " "),
                AllOf(HasSubstr("-u SLURM_ARRAY_TASK_ID"),
                      testing::EndsWith("/bin/sh /data/search/trials/000001/run_flow.sbatch")));
    EXPECT_EQ(read->items[0].directory, "work");
}

TEST(slurm_file, mistakes_name_their_line) {
    auto line = [](const std::string& text) {
        auto read = read_sbatch_file(file(text), "/s");
        if (read) return 0;
        EXPECT_EQ(read.error().code, Code::invalid);
        EXPECT_EQ(read.error().file, "trials/000001/run_flow.sbatch");
        return read.error().line;
    };
    for (const char* list : {"x", "", "3-1", "1-5:0", "1-", "1,,2", "1-5%0", "-1", "1-99999999999999999999",
                             "0-4000000", "1-100001"})
        EXPECT_EQ(line(std::string("#!/bin/sh\n#\n#SBATCH --array=") + list + "\n"), 3) << list;
    EXPECT_EQ(line("#!/bin/sh\n#SBATCH --wait\n"), 2);
    EXPECT_EQ(line("#!/bin/sh\n#SBATCH -M other\n"), 2);
    EXPECT_EQ(line("#!/bin/sh\n#SBATCH hetjob\n"), 2);
    EXPECT_EQ(line("#!/bin/sh\n#SBATCH --array=1-3\r\n"), 2);
    EXPECT_EQ(line("#!\n#SBATCH --array=1-3\n"), 1);
}

TEST(slurm_file, what_is_none_is_left_to_the_other_reader) {
    EXPECT_TRUE(is_sbatch_file("#!/bin/sh\n"));
    EXPECT_FALSE(is_sbatch_file("executable = flow.sh\nqueue 3\n"));
    EXPECT_FALSE(is_sbatch_file("#!/usr/bin/env condor_submit\nexecutable = flow.sh\nqueue 3\n"));
    EXPECT_FALSE(is_sbatch_file(""));
}

TEST(slurm_file, its_lines_go_along_as_they_stand_and_ours_win) {
    JobGroup job = group();
    job.indexes = {1, 2, 3};
    job.generated =
        "#!/bin/bash\n#SBATCH --array=10-30:10%2\n# note\n#SBATCH  -c 4   # cores\n\nrm -rf $HOME\n#SBATCH "
        "--late\n";
    EXPECT_EQ(batch_script(job),
              "#!/bin/sh\n#SBATCH --array=10-30:10%2\n#SBATCH  -c 4   # cores\nexec /bin/sh " +
                  shell_quote(job.launch) + " \"${SLURM_ARRAY_TASK_ID:-0}\"\n");
    EXPECT_EQ(throttle_of(job.generated), 2);
    EXPECT_THAT(argv_of(job), AllOf(Contains("--array=1-3"), Not(Contains(StartsWith("--cpus-per-task")))));
    job.resources.cpus = 8;
    EXPECT_THAT(argv_of(job), Contains("--cpus-per-task=8"));
}

}  // namespace
}  // namespace tw::slurm
