#include "batch/local.hpp"

#include <gmock/gmock.h>

#include <csignal>

#include "support/fake_processes.hpp"

namespace tw {
namespace {

using support::FakeProcesses;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

constexpr std::int64_t gigabyte = std::int64_t{1} << 30;

Resources needs(int cpus, std::int64_t memory = 0, int gpus = 0) {
    Resources resources;
    resources.cpus = cpus;
    resources.memory = memory;
    resources.gpus = gpus;
    return resources;
}

JobRef ref(int task) {
    return {"000001", {1, "flow", task, 1}};
}

class Local : public testing::Test {
protected:
    LocalScheduler& scheduler() {
        if (!scheduler_) scheduler_.emplace(processes, options, environment, "id1");
        return *scheduler_;
    }
    void restart() {
        scheduler_.reset();
        processes.restart();
    }

    JobRequest request(int task, const Resources& resources = {}) {
        TaskLaunch launch{
            ref(task).key, {"/bin/sh", "wrap", "/e", "id1", "000001", ref(task).key.name()}, {}, "/o", "/o"};
        launch.environment = task_environment;
        return {"token", "000001", "/e/trials/000001", resources, {launch}};
    }
    Result<std::string> submit(int task, const Resources& resources = {}) {
        return scheduler().submit({request(task, resources)})[0];
    }
    std::vector<int> in_state(JobState state) {
        std::vector<int> tasks;
        Listing listing = scheduler().list();
        EXPECT_TRUE(listing.complete);
        for (const JobStatus& job : listing.jobs) {
            if (job.state == state) tasks.push_back(static_cast<int>(job.job.key.task));
        }
        return tasks;
    }
    std::vector<int> running() { return in_state(JobState::running); }
    std::vector<int> queued() { return in_state(JobState::queued); }

    ProcessId process_of(int task) {
        for (const auto& started : processes.started) {
            if (started.spawn.argv.back() == ref(task).key.name()) return started.id;
        }
        return {};
    }
    void finish(int task) {
        processes.finish(process_of(task).pid, 0);
        scheduler().ended(ref(task));
        scheduler().pump();
    }
    std::vector<std::string> environment_of(int task) {
        for (const auto& started : processes.started) {
            if (started.spawn.argv.back() == ref(task).key.name()) return started.spawn.environment;
        }
        return {};
    }
    Claim claim_of(int task, const std::string& slot = "") {
        ProcessId id = process_of(task);
        HostIdentity self = processes.self();
        std::string nonce = std::to_string(id.pid) + "x" + std::to_string(id.start_time) + slot;
        return {false, self.name, self.boot_id, id.pid, id.start_time, nonce};
    }

    FakeProcesses processes;  // 4 CPUs, 8 GiB
    LocalOptions options;
    std::vector<std::string> environment{"PATH=/bin", "A=base"};
    std::vector<std::string> task_environment;

private:
    std::optional<LocalScheduler> scheduler_;
};

TEST_F(Local, starts_what_fits_and_queues_the_rest) {
    for (int task = 1; task <= 6; ++task) EXPECT_EQ(submit(task), "token");
    EXPECT_THAT(running(), ElementsAre(1, 2, 3, 4));
    EXPECT_THAT(queued(), ElementsAre(5, 6));
    finish(2);
    EXPECT_THAT(running(), ElementsAre(1, 3, 4, 5));
    EXPECT_THAT(queued(), ElementsAre(6));
}

TEST_F(Local, spawns_in_a_session_of_its_own_with_the_requested_places) {
    submit(1);
    const Spawn& spawn = processes.started.at(0).spawn;
    EXPECT_TRUE(spawn.new_session);
    EXPECT_EQ(spawn.directory, "/e/trials/000001");
    EXPECT_EQ(spawn.output, "/o");
    EXPECT_EQ(spawn.argv[0], "/bin/sh");
}

TEST_F(Local, smaller_jobs_pass_a_larger_one_that_does_not_fit) {
    submit(1, needs(3));
    submit(2, needs(4));
    submit(3, needs(1));
    EXPECT_THAT(running(), ElementsAre(1, 3));
    EXPECT_THAT(queued(), ElementsAre(2));
}

TEST_F(Local, a_large_job_is_not_passed_for_ever) {
    submit(1, needs(1));
    submit(2, needs(4));
    int task = 3;
    for (; task < 200 && queued().size() == 1; ++task) {
        submit(task, needs(3));
        if (queued().size() == 1) finish(task);
    }
    EXPECT_LT(task, 100);
    finish(1);
    EXPECT_THAT(running(), ElementsAre(2));
}

TEST_F(Local, memory_is_packed_too) {
    submit(1, needs(1, 5 * gigabyte));
    submit(2, needs(1, 4 * gigabyte));
    submit(3, needs(1, 3 * gigabyte));
    EXPECT_THAT(running(), ElementsAre(1, 3));
}

TEST_F(Local, ranks_take_their_cpus_each) {
    Resources resources = needs(2);
    resources.ranks = 2;
    submit(1, resources);
    submit(2, needs(1));
    EXPECT_THAT(queued(), ElementsAre(2));
}

TEST_F(Local, options_bound_what_is_used) {
    options.cpus = 2;
    options.memory = gigabyte;
    EXPECT_EQ(scheduler().slots(), 2);
    EXPECT_FALSE(scheduler().possible(needs(3)));
    EXPECT_FALSE(scheduler().possible(needs(1, 2 * gigabyte)));
}

TEST_F(Local, says_what_is_not_possible) {
    EXPECT_EQ(scheduler().possible(needs(1, 0, 4)).error().what, "needs 4 GPUs, this machine has 0");
    EXPECT_EQ(scheduler().possible(needs(5)).error().what, "needs 5 CPUs, this machine has 4");
    EXPECT_THAT(scheduler().possible(needs(1, 9 * gigabyte)).error().what,
                HasSubstr("of memory, this machine has"));
    Resources wide;
    wide.nodes = 2;
    EXPECT_EQ(scheduler().possible(wide).error().what, "needs 2 nodes, this machine has 1");
    EXPECT_TRUE(scheduler().possible(needs(4, 8 * gigabyte)));
    auto refused = submit(1, needs(5));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::refused);
    EXPECT_EQ(scheduler().room(needs(5)), 0);
}

TEST_F(Local, room_is_what_is_free_and_a_read_ahead) {
    EXPECT_EQ(scheduler().room(needs(1)), 4 + 16);
    EXPECT_EQ(scheduler().room(needs(4)), 1 + 16);
    for (int task = 1; task <= 6; ++task) submit(task);
    EXPECT_EQ(scheduler().room(needs(1)), 16 - 2);
    for (int task = 7; task <= 20; ++task) submit(task);
    EXPECT_EQ(scheduler().room(needs(1)), 0);
}

TEST_F(Local, queue_depth_can_be_set_and_is_8_at_least) {
    options.cpus = 1;
    EXPECT_EQ(scheduler().room(needs(1)), 1 + 8);
    options.queue_depth = 2;
    LocalScheduler other(processes, options, {}, "id1");
    EXPECT_EQ(other.room(needs(1)), 1 + 2);
}

TEST_F(Local, environment_is_the_base_then_the_task) {
    task_environment = {"A=task", "B=2"};
    submit(1, needs(3));
    EXPECT_THAT(environment_of(1),
                UnorderedElementsAre("PATH=/bin", "A=task", "B=2", "OMP_NUM_THREADS=3",
                                     "TRIALWATCH_SLOT=", "OMPI_MCA_hwloc_base_binding_policy=none",
                                     "PRTE_MCA_hwloc_default_binding_policy=none", "I_MPI_PIN=off"));
}

TEST_F(Local, variables_that_are_set_stay) {
    environment.insert(environment.end(), {"OMP_NUM_THREADS=7", "I_MPI_PIN=on"});
    submit(1);
    EXPECT_THAT(environment_of(1), Contains("OMP_NUM_THREADS=7"));
    EXPECT_THAT(environment_of(1), Contains("I_MPI_PIN=on"));
}

TEST_F(Local, gpus_are_given_by_id) {
    processes.gpu_ids = {"GPU-a", "GPU-b", "GPU-c"};
    submit(1, needs(1, 0, 2));
    submit(2, needs(1, 0, 1));
    submit(3, needs(1, 0, 1));
    submit(4, needs(1, 0, 0));
    EXPECT_THAT(environment_of(1), Contains("CUDA_VISIBLE_DEVICES=GPU-a,GPU-b"));
    EXPECT_THAT(environment_of(1), Contains("TRIALWATCH_SLOT=g0g1"));
    EXPECT_THAT(environment_of(2), Contains("CUDA_VISIBLE_DEVICES=GPU-c"));
    EXPECT_THAT(environment_of(4), Contains("CUDA_VISIBLE_DEVICES="));
    EXPECT_THAT(environment_of(4), Contains("ROCR_VISIBLE_DEVICES="));
    EXPECT_THAT(queued(), ElementsAre(3));
    finish(1);
    EXPECT_THAT(environment_of(3), Contains("CUDA_VISIBLE_DEVICES=GPU-a"));
}

TEST_F(Local, without_gpus_the_variables_are_left_alone) {
    environment.push_back("CUDA_VISIBLE_DEVICES=5");
    submit(1);
    EXPECT_THAT(environment_of(1), Contains("CUDA_VISIBLE_DEVICES=5"));
    EXPECT_THAT(environment_of(1), Not(Contains("ROCR_VISIBLE_DEVICES=")));
}

TEST_F(Local, a_job_that_cannot_be_spawned_is_not_there) {
    processes.fail_spawns({Code::io, "no processes left", {}, {}, 0, {}});
    EXPECT_TRUE(submit(1, needs(4)));
    EXPECT_THAT(running(), IsEmpty());
    EXPECT_THAT(queued(), IsEmpty());
    submit(2, needs(4));
    EXPECT_THAT(running(), ElementsAre(2));
}

TEST_F(Local, the_same_attempt_twice_is_one_job) {
    submit(1);
    submit(1);
    EXPECT_EQ(processes.started.size(), 1u);
    EXPECT_THAT(running(), ElementsAre(1));
}

TEST_F(Local, ended_gives_the_place_away_before_the_wrapper_is_gone) {
    submit(1, needs(4));
    submit(2, needs(4));
    scheduler().ended(ref(1));
    scheduler().ended(ref(1));
    scheduler().ended(ref(9));
    scheduler().pump();
    EXPECT_THAT(running(), ElementsAre(1, 2));
    finish(1);
    EXPECT_THAT(running(), ElementsAre(2));
    submit(3, needs(1));
    EXPECT_THAT(queued(), ElementsAre(3));  // the place was not given back twice
}

TEST_F(Local, cancelling_takes_queued_jobs_out) {
    for (int task = 1; task <= 6; ++task) submit(task);
    scheduler().cancel({ref(5), ref(9)}, CancelHow::terminate);
    EXPECT_THAT(queued(), ElementsAre(6));
    scheduler().cancel({ref(6)}, CancelHow::kill);
    EXPECT_THAT(queued(), IsEmpty());
    EXPECT_THAT(processes.signals, IsEmpty());
    submit(5);
    EXPECT_THAT(queued(), ElementsAre(5));
}

TEST_F(Local, terminate_reaches_the_wrapper_alone) {
    submit(1);
    processes.signals_end = false;
    processes.add({"script"}, process_of(1).pid);
    scheduler().cancel({ref(1)}, CancelHow::terminate);
    EXPECT_THAT(processes.signals, ElementsAre(support::SentSignal{process_of(1), SIGTERM}));
    EXPECT_THAT(running(), ElementsAre(1));
}

TEST_F(Local, kill_reaches_the_whole_session) {
    submit(1);
    ProcessId script = processes.add({"script"}, process_of(1).pid);
    ProcessId other = processes.add({"other"});
    scheduler().cancel({ref(1)}, CancelHow::kill);
    EXPECT_FALSE(processes.alive(script));
    EXPECT_TRUE(processes.alive(other));
    EXPECT_THAT(running(), IsEmpty());
}

TEST_F(Local, a_script_that_outlives_its_wrapper_is_killed_before_the_job_is_missing) {
    submit(1, needs(4));
    ProcessId script = processes.add({"script"}, process_of(1).pid);
    processes.signals_end = false;
    processes.finish(process_of(1).pid, 137);
    EXPECT_THAT(running(), ElementsAre(1));
    EXPECT_THAT(processes.signals, ElementsAre(support::SentSignal{script, SIGKILL}));
    processes.finish(script.pid, 137);
    EXPECT_THAT(running(), IsEmpty());
    EXPECT_EQ(scheduler().room(needs(4)), 1 + 16);
}

TEST_F(Local, what_a_job_left_running_is_killed_though_its_end_was_told) {
    submit(1);
    ProcessId left = processes.add({"server"}, process_of(1).pid);
    ProcessId other = processes.add({"other"});
    processes.signals_end = false;
    finish(1);
    EXPECT_THAT(processes.signals, IsEmpty());  // the processes are looked at with the listing
    EXPECT_THAT(running(), IsEmpty());
    EXPECT_THAT(processes.signals, ElementsAre(support::SentSignal{left, SIGKILL}));
    processes.finish(left.pid, 137);
    EXPECT_THAT(running(), IsEmpty());
    EXPECT_EQ(processes.signals.size(), 1u);
    EXPECT_TRUE(processes.alive(other));
}

TEST_F(Local, a_job_that_died_is_not_started_again) {
    submit(1);
    processes.finish(process_of(1).pid, 137);
    for (int i = 0; i < 3; ++i) EXPECT_THAT(running(), IsEmpty());
    EXPECT_EQ(processes.started.size(), 1u);
}

// What is older than the wrapper was left by an earlier session of its number.
TEST_F(Local, what_an_earlier_session_of_the_same_number_left_is_not_ours) {
    ProcessId left = processes.add({"script"}, processes.self().pid + 2);
    submit(1);
    ASSERT_EQ(process_of(1).pid, processes.self().pid + 2);
    processes.finish(process_of(1).pid, 137);
    EXPECT_THAT(running(), IsEmpty());
    EXPECT_THAT(processes.signals, IsEmpty());
    EXPECT_TRUE(processes.alive(left));
}

TEST_F(Local, a_later_session_of_the_same_number_is_not_ours) {
    submit(1);
    ProcessId wrapper = process_of(1);
    Claim old = claim_of(1);
    old.start_time -= 1;  // an earlier process had this number
    restart();
    scheduler().adopt(ref(1), old, {});
    EXPECT_THAT(running(), IsEmpty());
    scheduler().cancel({ref(1)}, CancelHow::kill);
    EXPECT_THAT(processes.signals, IsEmpty());
    EXPECT_TRUE(processes.alive(wrapper));
}

TEST_F(Local, adopts_by_the_claim) {
    submit(1, needs(3));
    Claim claim = claim_of(1);
    restart();
    scheduler().adopt(ref(1), claim, needs(3));
    scheduler().adopt(ref(1), claim, needs(3));
    EXPECT_THAT(running(), ElementsAre(1));
    submit(2, needs(2));
    EXPECT_THAT(queued(), ElementsAre(2));
    processes.finish(claim.pid, 0);
    (void)scheduler().list();
    scheduler().pump();
    EXPECT_THAT(running(), ElementsAre(2));
}

TEST_F(Local, adopts_no_other_host_boot_or_void_claim) {
    submit(1);
    Claim claim = claim_of(1), host = claim, boot = claim, voided;
    host.host = "elsewhere";
    boot.boot_id = "boot-0";
    voided.voided = true;
    restart();
    for (const Claim& wrong : {host, boot, voided}) {
        scheduler().adopt(ref(1), wrong, {});
        EXPECT_THAT(running(), IsEmpty());
    }
}

TEST_F(Local, adopts_by_the_arguments_where_no_claim_can_be_read) {
    submit(1);
    submit(2);
    processes.add(processes.started[0].spawn.argv,
                  processes.started[0].id.pid);  // forked, not yet the script
    processes.add({"/bin/sh", "wrap", "/e", "id2", "000001", ref(3).key.name()});
    restart();
    for (int task = 1; task <= 3; ++task) scheduler().adopt(ref(task), std::nullopt, {});
    EXPECT_THAT(running(), ElementsAre(1, 2));
    scheduler().cancel({ref(1)}, CancelHow::terminate);
    EXPECT_EQ(processes.signals.at(0).id, process_of(1));
}

TEST_F(Local, what_is_adopted_while_nobody_can_look_is_not_known_to_be_gone) {
    submit(1);
    restart();
    processes.can_list = false;
    for (int task = 1; task <= 2; ++task) scheduler().adopt(ref(task), std::nullopt, {});
    EXPECT_FALSE(scheduler().list().complete);
    submit(1);  // not a second time
    EXPECT_EQ(processes.started.size(), 1u);
    processes.can_list = true;
    EXPECT_THAT(running(), ElementsAre(1));
    submit(2);
    EXPECT_EQ(processes.started.size(), 2u);
}

TEST_F(Local, adopts_the_script_of_a_dead_wrapper_to_kill_it) {
    submit(1);
    Claim claim = claim_of(1);
    ProcessId script = processes.add({"script"}, process_of(1).pid);
    processes.finish(process_of(1).pid, 137);
    restart();
    scheduler().adopt(ref(1), claim, {});
    (void)scheduler().list();
    EXPECT_FALSE(processes.alive(script));
    EXPECT_THAT(running(), IsEmpty());
}

TEST_F(Local, adopted_gpus_are_known_by_the_nonce) {
    processes.gpu_ids = {"a", "b"};
    submit(1, needs(1, 0, 1));
    submit(2, needs(1, 0, 1));
    Claim claim = claim_of(2, "g1");
    processes.finish(process_of(1).pid, 0);
    restart();
    scheduler().adopt(ref(2), claim, needs(1, 0, 1));
    submit(3, needs(1, 0, 1));
    EXPECT_THAT(environment_of(3), Contains("CUDA_VISIBLE_DEVICES=a"));
}

TEST_F(Local, no_gpu_is_given_away_while_an_adopted_one_is_unknown) {
    processes.gpu_ids = {"a", "b"};
    submit(1, needs(1, 0, 1));
    restart();
    scheduler().adopt(ref(1), std::nullopt, needs(1, 0, 1));
    submit(2, needs(1, 0, 1));
    submit(3, needs(1));
    EXPECT_THAT(running(), ElementsAre(1, 3));
    finish(1);
    EXPECT_THAT(running(), ElementsAre(2, 3));
}

TEST_F(Local, a_reboot_leaves_nothing) {
    submit(1);
    Claim claim = claim_of(1);
    restart();
    processes.reboot();
    scheduler().adopt(ref(1), claim, {});
    scheduler().adopt(ref(2), std::nullopt, {});
    EXPECT_THAT(running(), IsEmpty());
}

TEST(LocalOptions, are_read_from_text) {
    auto options =
        read_local_options({{"cpus", "3"}, {"memory", "2G"}, {"gpus", "0, 2"}, {"queue_depth", "9"}});
    ASSERT_TRUE(options);
    EXPECT_EQ(options->cpus, 3);
    EXPECT_EQ(options->memory, 2 * gigabyte);
    EXPECT_THAT(*options->gpus, ElementsAre("0", "2"));
    EXPECT_EQ(options->queue_depth, 9);
    EXPECT_THAT(*read_local_options({{"gpus", "none"}})->gpus, IsEmpty());
    EXPECT_FALSE(read_local_options({})->gpus);
}

TEST(LocalOptions, mistakes_are_named) {
    EXPECT_EQ(read_local_options({{"cpu", "3"}}).error().hint, "did you mean 'cpus'?");
    for (const char* bad : {"0", "-1", "x", "", "1.5", "99999999999"}) {
        EXPECT_THAT(read_local_options({{"cpus", bad}}).error().what,
                    HasSubstr("cpus must be a whole number"));
    }
    EXPECT_FALSE(read_local_options({{"memory", "much"}}));
    EXPECT_FALSE(read_local_options({{"gpus", "0,,1"}}));
}

TEST_F(Local, JobsArePinnedToCpusOfTheirOwn) {
    processes.places = {{0, 0, 0}, {1, 1, 0}, {2, 2, 0}, {3, 3, 0}};
    options.pin = true;
    submit(1, needs(2));
    submit(2, needs(2));
    submit(3, needs(1));
    EXPECT_THAT(processes.started[0].spawn.cpus, ElementsAre(0, 1));
    EXPECT_THAT(processes.started[1].spawn.cpus, ElementsAre(2, 3));
    finish(1);
    ASSERT_EQ(processes.started.size(), 3u);
    EXPECT_THAT(processes.started[2].spawn.cpus, ElementsAre(0));
}

TEST_F(Local, MoreSlotsThanCpusAreNotPinned) {
    processes.places = {{0, 0, 0}, {1, 1, 0}};
    options.pin = true;
    submit(1);
    EXPECT_THAT(processes.started[0].spawn.cpus, IsEmpty());
}

TEST_F(Local, PartsOfOneGpuLieOnOneAndWholeOnesStayWhole) {
    processes.gpu_ids = {"0", "1"};
    processes.cpu_count = 16;
    Resources quarter = needs(1, 0, 1), whole = needs(1, 0, 1), large = needs(1, 0, 1);
    quarter.gpu_share = 250;
    large.gpu_share = 600;
    for (int task : {1, 2}) submit(task, quarter);
    submit(3, large);
    submit(4, whole);
    for (int task : {1, 2}) EXPECT_THAT(environment_of(task), Contains("CUDA_VISIBLE_DEVICES=0"));
    EXPECT_THAT(environment_of(3), Contains("CUDA_VISIBLE_DEVICES=1"));
    EXPECT_THAT(queued(), ElementsAre(4));
    for (int task : {5, 6}) submit(task, quarter);
    for (int task : {5, 6})
        EXPECT_THAT(environment_of(task),
                    Contains(task == 5 ? "CUDA_VISIBLE_DEVICES=1" : "CUDA_VISIBLE_DEVICES=0"));
    for (int task : {3, 5}) finish(task);
    EXPECT_THAT(environment_of(4), Contains("CUDA_VISIBLE_DEVICES=1"));
}

TEST_F(Local, WhoseWrapperLeftByItselfIsKnownBeforeAnyListing) {
    submit(1);
    submit(2);
    EXPECT_EQ(scheduler().fits(needs(1)), 2);
    processes.finish(process_of(1).pid, 3);
    scheduler().pump();
    EXPECT_THAT(scheduler().left(), ElementsAre(ref(1)));
    scheduler().ended(ref(1));
    EXPECT_THAT(scheduler().left(), IsEmpty());
    EXPECT_EQ(scheduler().fits(needs(1)), 3);
}

}  // namespace
}  // namespace tw
