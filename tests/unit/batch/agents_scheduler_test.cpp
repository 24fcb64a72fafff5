#include "batch/agents/agents_scheduler.hpp"

#include <gmock/gmock.h>

#include "support/fake_clock.hpp"
#include "support/fake_commands.hpp"
#include "support/fake_processes.hpp"
#include "support/said_log.hpp"
#include "support/virtual_filesystem.hpp"
#include "trialdir/agents.hpp"
#include "trialdir/layout.hpp"

namespace tw {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

JobRef ref(int task, int attempt = 1) {
    return {"000042", {1, "flow", task, attempt}};
}

struct Agents : testing::Test {
    support::VirtualFileSystem fs;
    support::FakeClock clock;
    support::FakeProcesses processes;
    support::FakeCommands commands;
    support::SaidLog log;
    std::optional<AgentsScheduler> scheduler;

    Agents() {
        fs.make_directories(".trialwatch");
        restart();
    }
    void restart() {
        scheduler.emplace(BatchPorts{fs, clock, processes, commands, log, "id1"}, AgentsOptions{});
    }
    Status submit(int task, Resources resources = {}) {
        JobRequest request;
        request.trial = "000042";
        request.directory = "/e/trials/000042";
        request.resources = resources;
        request.token = "token";
        request.tasks.push_back({ref(task).key, {"/bin/sh", "wrap"}, {"A=1"}, "/o", "/o"});
        auto answer = scheduler->submit({request})[0];
        return answer ? Status{} : fail(answer.error());
    }
    AgentFolder agent(const std::string& id, int cpus = 4) {
        AgentCard card;
        card.host = id.substr(0, id.find('.'));
        card.boot_id = "b";
        card.pid = 1;
        card.cpus = cpus;
        auto made = AgentFolder::make(fs, id, card);
        EXPECT_TRUE(made);
        return *made;
    }
    AgentJobName name(int task) { return {"000042", ref(task).key, {}, Seconds(30)}; }
    Listing look(Seconds after = Seconds(5)) {
        clock.advance(after);
        return scheduler->list();
    }
    // Beats of the agent between looks for so long.
    Listing look_for(Seconds time, AgentFolder* beating = nullptr) {
        for (Seconds passed{0}; passed < time; passed += Seconds(5)) {
            if (beating) {
                EXPECT_TRUE(beating->beat());
            }
            (void)look();
        }
        return look();
    }
    static std::vector<JobRef> in(const Listing& listing, JobState state) {
        std::vector<JobRef> jobs;
        for (auto& status : listing.jobs)
            if (status.state == state) jobs.push_back(status.job);
        return jobs;
    }
};

TEST_F(Agents, a_job_is_published_whole_and_claimed_by_one) {
    ASSERT_TRUE(submit(1));
    EXPECT_THAT(in(look(), JobState::queued), ElementsAre(ref(1)));
    AgentFolder one = agent("n1.aa"), other = agent("n2.bb");
    EXPECT_TRUE(one.take(name(1)).value());
    EXPECT_FALSE(other.take(name(1)).value());
    auto content = one.read(name(1));
    ASSERT_TRUE(content);
    EXPECT_THAT(content->argv, ElementsAre("/bin/sh", "wrap"));
    EXPECT_EQ(content->directory, "/e/trials/000042");
    Listing listing = look();
    EXPECT_THAT(in(listing, JobState::running), ElementsAre(ref(1)));
    EXPECT_EQ(listing.jobs[0].host, "n1");
}

// Idle agents of the watcher's machine hear of it once for many jobs, and of the first one at once.
TEST_F(Agents, a_bell_is_rung_for_many_jobs) {
    std::vector<JobRequest> requests(100);
    for (int task = 1; task <= 100; ++task) {
        requests[task - 1].trial = "000042";
        requests[task - 1].tasks.push_back({ref(task).key, {"/bin/sh", "wrap"}, {}, "/o", "/o"});
    }
    fs.accesses.clear();
    (void)scheduler->submit(requests);
    std::vector<int> published;  // before each bell
    int jobs = 0;
    for (auto& access : fs.accesses) {
        jobs += access.op == "rename";
        if (access.op == "create" && access.path.starts_with(layout::agents_queue + "/.bell"))
            published.push_back(jobs);
    }
    EXPECT_THAT(published, ElementsAre(1, 33, 65, 97, 100));
    auto left = fs.list(layout::agents_queue);
    ASSERT_TRUE(left);
    for (auto& entry : *left) EXPECT_EQ(entry.kind, FileKind::directory) << entry.name;
}

// An agent that takes a job between the two listings of one look moves it the way that the eye goes.
TEST_F(Agents, the_queue_is_listed_before_the_folders) {
    ASSERT_TRUE(submit(1));
    AgentFolder one = agent("n1.aa");
    (void)look();
    fs.accesses.clear();
    (void)look();
    std::vector<std::string> lists;
    for (auto& access : fs.accesses)
        if (access.op == "list") lists.push_back(access.path);
    ASSERT_EQ(lists.size(), 18u);
    EXPECT_EQ(lists[15], ".trialwatch/agents/queue/15");
    EXPECT_EQ(lists[16], ".trialwatch/agents");
}

TEST_F(Agents, what_is_gone_for_two_looks_is_gone_for_good_where_its_agent_lives) {
    ASSERT_TRUE(submit(1));
    AgentFolder one = agent("n1.aa");
    ASSERT_TRUE(one.take(name(1)));
    (void)look();
    ASSERT_TRUE(one.finish(name(1)));
    Listing first = look();
    EXPECT_THAT(in(first, JobState::running), ElementsAre(ref(1)));  // it may be on its way back
    EXPECT_TRUE(scheduler->undecided());
    Listing second = look();
    EXPECT_TRUE(second.complete);
    EXPECT_THAT(second.jobs, IsEmpty());
    ASSERT_TRUE(second.ends.contains(ref(1)));
    EXPECT_TRUE(second.ends[ref(1)].confirmed);
}

TEST_F(Agents, what_goes_back_is_not_missing) {
    ASSERT_TRUE(submit(1));
    AgentFolder one = agent("n1.aa");
    ASSERT_TRUE(one.take(name(1)));
    (void)look();
    // Handed back after the queue was listed, and before the folder is.
    int lists = 0;
    fs.on_access([&](const support::Access& access) -> Status {
        if (access.op == "list" && ++lists == 18) {
            EXPECT_TRUE(one.hand_back(name(1)));
        }
        return {};
    });
    EXPECT_EQ(look().jobs.size(), 1u);
    EXPECT_THAT(in(look(), JobState::queued), ElementsAre(ref(1)));
}

TEST_F(Agents, silence_takes_back_and_nobody_confirms_it) {
    ASSERT_TRUE(submit(1));
    AgentFolder one = agent("n1.aa"), other = agent("n2.bb");
    ASSERT_TRUE(one.take(name(1)));
    (void)look();
    EXPECT_THAT(in(look_for(Seconds(280), &other), JobState::running), ElementsAre(ref(1)));
    Listing listing = look_for(Seconds(40), &other);
    EXPECT_THAT(listing.jobs, IsEmpty());
    EXPECT_EQ(listing.ends[ref(1)].cause, EndCause::node);
    EXPECT_FALSE(listing.ends[ref(1)].confirmed);
    EXPECT_THAT(listing.ends[ref(1)].detail, HasSubstr("n1.aa fell silent"));
    // Its folder goes when nothing of it is wanted any more.
    EXPECT_TRUE(fs.exists(".trialwatch/agents/n1.aa"));
    scheduler->ended(ref(1));
    EXPECT_FALSE(fs.exists(job_path("n1.aa", name(1))));
    (void)look();
    EXPECT_FALSE(fs.exists(".trialwatch/agents/n1.aa"));
    EXPECT_TRUE(fs.exists(".trialwatch/agents/n2.bb"));
}

// It claimed since the look: what it has is its own, and a file that is gone from its folder would be a
// confirmed death.
TEST_F(Agents, the_folder_of_one_that_wakes_up_stays) {
    AgentFolder one = agent("n1.aa");
    (void)look_for(Seconds(290));
    ASSERT_TRUE(submit(1));
    int lists = 0;
    fs.on_access([&](const support::Access& access) -> Status {
        if (access.op == "list" && access.path == ".trialwatch/agents") lists = 0;
        if (access.op == "list" && access.path == ".trialwatch/agents/n1.aa" &&
            ++lists == 2) {  // to remove it
            EXPECT_TRUE(one.beat());
            EXPECT_TRUE(one.take(name(1)));
        }
        return {};
    });
    (void)look_for(Seconds(15));
    EXPECT_TRUE(fs.exists(job_path("n1.aa", name(1))));
    EXPECT_TRUE(fs.exists(".trialwatch/agents/n1.aa/agent.json"));
    EXPECT_THAT(in(look(), JobState::running), ElementsAre(ref(1)));
}

TEST_F(Agents, a_beat_is_a_sign_of_life) {
    ASSERT_TRUE(submit(1));
    AgentFolder one = agent("n1.aa");
    ASSERT_TRUE(one.take(name(1)));
    EXPECT_THAT(in(look_for(Seconds(1000), &one), JobState::running), ElementsAre(ref(1)));
}

// A watcher that was stopped for an hour did not look: that is no silence of anybody else.
TEST_F(Agents, who_did_not_look_saw_no_silence) {
    ASSERT_TRUE(submit(1));
    AgentFolder one = agent("n1.aa");
    ASSERT_TRUE(one.take(name(1)));
    (void)look();
    EXPECT_THAT(in(look(Seconds(3600)), JobState::running), ElementsAre(ref(1)));
    EXPECT_THAT(in(look(Seconds(3600)), JobState::running), ElementsAre(ref(1)));
}

// Nor one that was held up within its looks.
TEST_F(Agents, how_long_a_look_takes_is_no_silence) {
    ASSERT_TRUE(submit(1));
    AgentFolder one = agent("n1.aa");
    ASSERT_TRUE(one.take(name(1)));
    fs.on_access([&](const support::Access& access) -> Status {
        if (access.op == "list" && access.path == ".trialwatch/agents") clock.advance(Seconds(60));
        return {};
    });
    for (int i = 0; i < 40; ++i) EXPECT_THAT(in(look(Seconds(1)), JobState::running), ElementsAre(ref(1)));
}

TEST_F(Agents, what_cannot_be_listed_is_not_missing) {
    ASSERT_TRUE(submit(1));
    AgentFolder one = agent("n1.aa");
    ASSERT_TRUE(one.take(name(1)));
    (void)look();
    fs.inject({"list", ".trialwatch/agents/n1.aa", Code::io, 1, 5});
    for (int i = 0; i < 5; ++i) EXPECT_FALSE(look().complete);
    EXPECT_THAT(in(look(), JobState::running), ElementsAre(ref(1)));
}

TEST_F(Agents, jobs_of_an_earlier_watcher_are_found) {
    ASSERT_TRUE(submit(1));
    ASSERT_TRUE(submit(2));
    AgentFolder one = agent("n1.aa");
    ASSERT_TRUE(one.take(name(2)));
    restart();
    for (int task : {1, 2, 3}) scheduler->adopt(ref(task), {}, {});
    (void)look();
    Listing listing = look();
    EXPECT_THAT(in(listing, JobState::queued), ElementsAre(ref(1)));
    EXPECT_THAT(in(listing, JobState::running), ElementsAre(ref(2)));  // and 3 is missing
    EXPECT_FALSE(listing.ends.contains(ref(3)));
}

TEST_F(Agents, a_cancel_takes_a_job_out_of_the_queue_or_tells_its_agent) {
    ASSERT_TRUE(submit(1));
    ASSERT_TRUE(submit(2));
    AgentFolder one = agent("n1.aa");
    ASSERT_TRUE(one.take(name(2)));
    // Where 2 is no look has shown yet.
    scheduler->cancel({ref(1), ref(2)}, CancelHow::terminate);
    EXPECT_FALSE(fs.exists(queue_path(name(1))));
    (void)look();
    EXPECT_TRUE(fs.exists(".trialwatch/agents/n1.aa/end.000042.1.flow.2.1"));
    scheduler->cancel({ref(2)}, CancelHow::kill);
    EXPECT_TRUE(fs.exists(".trialwatch/agents/n1.aa/kill.000042.1.flow.2.1"));
}

TEST_F(Agents, what_waits_is_cancelled_before_a_cancel_makes_room_for_it) {
    ASSERT_TRUE(submit(1));
    ASSERT_TRUE(submit(2));
    AgentFolder one = agent("n1.aa");
    ASSERT_TRUE(one.take(name(1)));
    (void)look();
    bool still_waits = false;
    fs.on_access([&](const support::Access& access) {
        bool kills = access.path.find("/kill.000042") != std::string::npos;
        still_waits = still_waits || (kills && fs.exists(queue_path(name(2))));
        return Status{};
    });
    scheduler->cancel({ref(1), ref(2)}, CancelHow::kill);
    EXPECT_TRUE(fs.exists(".trialwatch/agents/n1.aa/kill.000042.1.flow.1.1"));
    EXPECT_FALSE(fs.exists(queue_path(name(2))));
    EXPECT_FALSE(still_waits);
}

TEST_F(Agents, a_job_that_an_agent_left_behind_is_gone) {
    ASSERT_TRUE(submit(1));
    AgentFolder one = agent("n1.aa");
    ASSERT_TRUE(one.take(name(1)));
    (void)look();
    ASSERT_TRUE(one.leave());
    Listing listing = look();
    EXPECT_THAT(listing.jobs, IsEmpty());
    EXPECT_TRUE(listing.ends[ref(1)].confirmed);
    scheduler->ended(ref(1));
    (void)look();
    EXPECT_FALSE(fs.exists(".trialwatch/agents/n1.aa"));
}

TEST_F(Agents, slots_are_the_cpus_of_those_that_live) {
    AgentFolder one = agent("n1.aa", 8), other = agent("n2.bb", 3);
    (void)look();
    EXPECT_EQ(scheduler->slots(), 11);
    ASSERT_TRUE(one.leave());
    (void)look();
    EXPECT_EQ(scheduler->slots(), 3);
}

TEST_F(Agents, who_waits_is_told) {
    ASSERT_TRUE(submit(1));
    (void)look();
    (void)look();
    EXPECT_EQ(log.count("start trialagent"), 1);
    AgentFolder one = agent("n1.aa", 4);
    Resources large;
    large.cpus = 64;
    ASSERT_TRUE(submit(2, large));
    (void)look();
    (void)look();
    EXPECT_EQ(log.count("waits for a larger agent"), 1);
}

// Of one that covers several hosts what each has counts, not the sum.
TEST_F(Agents, a_job_of_several_nodes_waits_for_an_agent_of_as_many_hosts) {
    Resources wide;
    wide.nodes = 2;
    wide.ranks = 4;
    wide.cpus = 2;
    ASSERT_TRUE(submit(1, wide));
    AgentFolder one = agent("n1.aa", 64);
    (void)look();
    (void)look();
    EXPECT_THAT(log.text, HasSubstr("none that lives has 2 hosts with 4 CPUs, 0 of memory and 0 GPUs each"));
    AgentCard card;
    card.host = "n2";
    card.boot_id = "b";
    card.pid = 1;
    card.cpus = 12;
    card.hosts = {{"n2", 8, 0, 0}, {"n3", 4, 0, 0}};
    auto made = AgentFolder::make(fs, "n2.bb", card);
    ASSERT_TRUE(made);
    Resources wider = wide, large;
    wider.nodes = 3;
    large.cpus = 12;
    ASSERT_TRUE(submit(2, wide));
    ASSERT_TRUE(submit(3, wider));
    ASSERT_TRUE(submit(4, large));
    log.text.clear();
    (void)look();
    (void)look();
    EXPECT_EQ(log.count("waits for a larger agent"), 1);
    EXPECT_EQ(log.count("3 hosts"), 1);
    EXPECT_FALSE(scheduler->possible([] {
        Resources absurd;
        absurd.nodes = 1'000'000;
        return absurd;
    }()));
}

TEST_F(Agents, are_let_go_when_the_search_has_ended) {
    AgentFolder one = agent("n1.aa");
    (void)look();
    scheduler->dismiss();
    EXPECT_TRUE(fs.exists(".trialwatch/agents/n1.aa/drain"));
}

TEST_F(Agents, what_was_published_and_reported_as_failed_does_not_stay_in_the_queue) {
    support::Fault lie{"rename", ".trialwatch/agents/queue"};
    lie.happens = true;
    fs.inject(lie);
    EXPECT_FALSE(submit(1));
    EXPECT_TRUE(fs.exists(queue_path(name(1))));
    scheduler->ended(ref(1));
    EXPECT_FALSE(fs.exists(queue_path(name(1))));
}

TEST_F(Agents, what_json_cannot_hold_is_refused) {
    JobRequest request;
    request.trial = "000042";
    request.directory = "/e/\xff";
    request.tasks.push_back({ref(1).key, {"/bin/sh"}, {}, "/o", "/o"});
    auto answer = scheduler->submit({request})[0];
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::invalid);
}

TEST(AgentsOptions, are_read_and_mistakes_say_where) {
    auto options =
        read_agents_options({{"silence", "90s"}, {"max_queued", "7"}, {"slots", "3"}, {"poll", "1s"}});
    ASSERT_TRUE(options);
    EXPECT_EQ(options->silence, Seconds(90));
    EXPECT_EQ(options->max_queued, 7);
    EXPECT_EQ(options->slots, 3);
    Error error = read_agents_options({{"silense", "90s"}}).error();
    EXPECT_EQ(error.pointer, "/options/silense");
    EXPECT_THAT(error.hint, HasSubstr("'silence'"));
    EXPECT_THAT(read_agents_options({{"silence", "0s"}}).error().what, HasSubstr("more than 0"));
    EXPECT_THAT(read_agents_options({{"slots", "0"}}).error().what, HasSubstr("above 0"));
    Resources resources;
    resources.options["partition"] = "gpu";
    EXPECT_EQ(check_agents_resources(resources).error().pointer, "/options/partition");
}

}  // namespace
}  // namespace tw
