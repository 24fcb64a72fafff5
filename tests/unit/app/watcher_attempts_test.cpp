// One start per attempt: intents before submissions, and what is given up, adopted, lost.
#include "trialdir/claims.hpp"
#include "unit/app/watcher_world.hpp"

namespace tw::test {
namespace {

const JobRef first = WatcherWorld::job("000001"), second = WatcherWorld::job("000001", 2);

struct WatcherAttempts : testing::Test {
    WatcherWorld world{train_stage(R"("grace":"5s","resources":{"time":"60s"},)")};

    WatcherAttempts() { world.trial("000001"); }

    std::optional<std::string> claim_of(const JobRef& job) {
        return world.fs.get(layout::claim(job.trial, job.key));
    }
    TaskState state() { return world.task("000001").state; }
    std::int64_t attempt() { return world.task("000001").attempt; }
};

TEST_F(WatcherAttempts, TheIntentIsDurableBeforeTheBackendHearsOfIt) {
    bool durable = false;
    world.backend.on_submit = [&](auto&) { durable = world.journalled(EventKind::submitted, "000001"); };
    world.tick();
    EXPECT_THAT(world.backend.refs(), ElementsAre(first));
    EXPECT_TRUE(durable);
}

TEST_F(WatcherAttempts, NothingIsSubmittedWhileTheJournalCannotBeWritten) {
    ASSERT_TRUE(world.start().empty());
    world.break_journal();
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(world.watcher->tick());
    EXPECT_THAT(world.backend.submitted, IsEmpty());
    world.fs.clear_faults();
    world.tick();
    EXPECT_THAT(world.backend.refs(), ElementsAre(first));
}

TEST_F(WatcherAttempts, WhatTheJournalCallsSubmittedIsNotSubmittedAgain) {
    world.tick();
    world.restart();
    world.ticks(2);
    EXPECT_THAT(world.backend.adopted, ElementsAre(first));
    EXPECT_THAT(world.backend.submitted, SizeIs(1));
}

TEST_F(WatcherAttempts, ARefusedSubmissionIsGivenUpByItsClaim) {
    world.backend.refusal = Error{Code::io, "the queue is closed"};
    world.ticks(2);
    EXPECT_EQ(claim_of(first), void_claim);
    EXPECT_EQ(state(), TaskState::backoff);
    EXPECT_EQ(attempt(), 2);
}

TEST_F(WatcherAttempts, ARefusedSubmissionThatRunsAllTheSameIsAdopted) {
    world.backend.refusal = Error{Code::io, "the answer was lost"};
    world.backend.on_submit = [&](auto&) { world.claim(first); };
    world.ticks(2);
    EXPECT_EQ(attempt(), 1);
    EXPECT_EQ(state(), TaskState::running);
}

TEST_F(WatcherAttempts, AJobWithoutClaimThatIsMissingIsGivenUpByItsClaim) {
    world.tick();
    world.backend.jobs.clear();
    world.tick();
    EXPECT_EQ(claim_of(first), void_claim);
    EXPECT_EQ(attempt(), 2);
}

TEST_F(WatcherAttempts, AMissingJobThatClaimsInTheLastInstantIsReal) {
    world.tick();
    world.backend.jobs.clear();
    world.fs.on_access([&](auto& access) -> Status {
        if (access.op == "create" && access.path == layout::claim(first.trial, first.key)) world.claim(first);
        return {};
    });
    world.ticks(2);
    EXPECT_EQ(attempt(), 1);
    EXPECT_EQ(state(), TaskState::running);
}

TEST_F(WatcherAttempts, AListingThatIsNotCompleteChangesNothing) {
    world.tick();
    world.backend.jobs.clear();
    world.backend.complete = false;
    world.ticks(3);
    EXPECT_EQ(claim_of(first), std::nullopt);
    EXPECT_EQ(attempt(), 1);
}

TEST_F(WatcherAttempts, AJobThatIsCancelledBeforeItsStartIsGivenUpByItsClaim) {
    world.tick();
    world.request("000001", "kill");
    // Seen while it is there; the claims go when the trial is settled.
    std::optional<std::string> claim;
    world.fs.on_access([&](auto& access) -> Status {
        if (access.op == "sync" && access.path == layout::claim(first.trial, first.key))
            claim = claim_of(first);
        return {};
    });
    world.ticks(3);
    EXPECT_EQ(claim, void_claim);
    EXPECT_EQ(world.outcome("000001").state, EndState::killed);
}

TEST_F(WatcherAttempts, AJobThatStartsWhileItIsCancelledIsEndedAsARealOne) {
    world.tick();
    world.request("000001", "kill");
    world.claim(first);
    world.backend.jobs[first] = JobState::queued;  // the backend does not know yet
    world.ticks(3);
    EXPECT_FALSE(world.ended("000001"));
    world.end(first, 143);
    world.ticks(2);
    EXPECT_EQ(world.outcome("000001").state, EndState::killed);
    EXPECT_EQ(world.outcome("000001").attempts, 1);
}

// The listing is asked first, the spool read next, the missing judged last.
TEST_F(WatcherAttempts, AJobThatEndsBetweenTheListingAndTheSpoolIsNotMissing) {
    world.tick();
    world.claim(first);
    world.tick();
    world.backend.jobs.clear();
    world.backend.on_list = [&] {
        world.backend.on_list = nullptr;
        world.end(first);
    };
    world.ticks(2);
    EXPECT_EQ(world.outcome("000001").state, EndState::complete);
    EXPECT_EQ(world.said.count("is lost"), 0);
}

// Were the spool read first, this one would be called lost.
TEST_F(WatcherAttempts, AJobThatEndsBeforeTheListingIsNotMissing) {
    world.tick();
    world.claim(first);
    world.tick();
    bool begun = false;
    world.fs.on_access([&](auto& access) -> Status {
        bool listed_shard = access.op == "list" && access.path == layout::spool + "/15";
        if (listed_shard && !std::exchange(begun, true)) world.end(first);  // shard 01 was read before
        return {};
    });
    world.ticks(2);
    EXPECT_TRUE(begun);
    EXPECT_EQ(world.outcome("000001").state, EndState::complete);
    EXPECT_EQ(world.said.count("is lost"), 0);
}

TEST_F(WatcherAttempts, AClaimedJobThatIsMissingIsLostAndNotCharged) {
    world.tick();
    world.claim(first);
    world.tick();
    world.backend.jobs.clear();
    world.ticks(2);
    EXPECT_EQ(world.said.count("is lost"), 1);
    EXPECT_EQ(state(), TaskState::backoff);
    EXPECT_EQ(world.task("000001").counted, 0);
}

// Of two watchers that submitted it, the other one's job may hold the claim.
TEST_F(WatcherAttempts, AClaimantTheBackendDoesNotKnowIsNamedToItBeforeItCountsAsLost) {
    world.tick();
    world.claim(first);
    world.backend.jobs.clear();
    world.tick();
    EXPECT_THAT(world.backend.adopted, ElementsAre(first));
    EXPECT_EQ(world.said.count("is lost"), 0);
    world.backend.jobs[first] = JobState::running;
    world.ticks(3);
    world.end(first);
    world.ticks(2);
    EXPECT_EQ(world.outcome("000001").state, EndState::complete);
}

// A backend of many hosts is not seen to end its jobs at once.
TEST_F(WatcherAttempts, LostBeyondTheTimeLimitIsLostWhereNobodySawWhen) {
    world.tick();
    world.claim(first);
    world.tick();
    world.clock.advance(Seconds(60));
    world.backend.jobs.clear();
    world.ticks(2);
    EXPECT_EQ(world.said.count("is lost"), 1);
    EXPECT_EQ(world.task("000001").counted, 0);
}

TEST_F(WatcherAttempts, LostBeyondTheTimeLimitIsATimeout) {
    world.backend.host = "node1";
    world.tick();
    world.claim(first);
    world.tick();
    world.clock.advance(Seconds(60));
    world.backend.jobs.clear();
    world.ticks(2);
    EXPECT_EQ(world.said.count("is lost"), 0);
    EXPECT_EQ(world.outcome("000001").kind, "timeout");
    EXPECT_EQ(world.outcome("000001").reason, "longer than its time limit of 1m 00s");
}

TEST_F(WatcherAttempts, AnUnclaimedOneThatCouldNotStartIsGivenUpBeforeItIsBooked) {
    for (int reason : {1, 2, 3}) {
        JobRef job = WatcherWorld::job("000001", reason);
        world.tick();
        world.give_reason(job, reason);
        world.tick();
        EXPECT_EQ(claim_of(job), void_claim) << reason;
        EXPECT_EQ(attempt(), reason + 1);
        world.clock.advance(Seconds(600));
    }
    EXPECT_EQ(world.task("000001").counted, 0);
}

TEST_F(WatcherAttempts, AClaimedOneThatCouldNotStartIsBookedAsItIs) {
    world.tick();
    world.claim(first);
    world.give_reason(first, 5);
    world.tick();
    EXPECT_NE(claim_of(first), void_claim);
    EXPECT_EQ(attempt(), 2);
}

// A second start of the same job could not claim because the first one had.
TEST_F(WatcherAttempts, WhatSomebodyElseClaimedMeanwhileIsNotGivenUp) {
    world.tick();
    world.post(SpoolKind::infra, first, 3);
    world.claim(first);
    world.ticks(2);
    EXPECT_EQ(attempt(), 1);
    EXPECT_EQ(state(), TaskState::running);
    EXPECT_EQ(world.spooled(), "");
    EXPECT_THAT(world.backend.ended, IsEmpty());  // its place is taken
    world.end(first);
    world.ticks(2);
    EXPECT_EQ(world.outcome("000001").state, EndState::complete);
}

// Its agent had no more time: that is nobody's failure, however often it comes, and the event is kept until then.
TEST_F(WatcherAttempts, WhatItsAgentToldToEndIsNotCounted) {
    for (int n = 1; n <= 30; ++n) {
        JobRef job = WatcherWorld::job("000001", n);
        world.ticks(2);
        world.claim(job);
        world.tick();
        world.post(SpoolKind::evicted, job, 0);
        world.ticks(2);
        EXPECT_EQ(state(), TaskState::running);
        EXPECT_NE(world.spooled(), "");
        world.end(job, 143);
        world.ticks(2);
        ASSERT_EQ(attempt(), n + 1);
        EXPECT_EQ(world.task("000001").counted, 0);
        EXPECT_EQ(world.task("000001").uncounted, 0);
        EXPECT_FALSE(world.known("000001").quarantine);
        EXPECT_EQ(world.spooled(), "");
        world.clock.advance(Seconds(600));
    }
}

// Where a batch system told the script and its agent at once the script may be faster.
TEST_F(WatcherAttempts, AnExitAfterATermWaitsForTheWordOfItsAgent) {
    world.backend.evicts = true;
    world.tick();
    world.claim(first);
    world.tick();
    world.post(SpoolKind::timeout, first, 143);
    world.end(first, 143);
    world.ticks(2);
    EXPECT_EQ(attempt(), 1);
    EXPECT_NE(world.spooled(), "");
    world.restart();
    world.tick();
    EXPECT_EQ(attempt(), 1);
    world.post(SpoolKind::evicted, first, 0);
    world.ticks(2);
    EXPECT_EQ(attempt(), 2);
    EXPECT_EQ(world.task("000001").counted, 0);
    EXPECT_EQ(world.spooled(), "");
}

// A script that ends itself ends its wrapper, too: "kill 0".
TEST_F(WatcherAttempts, AnExitAfterATermThatNoAgentExplainsIsAFailure) {
    for (bool evicts : {false, true}) {
        WatcherWorld own;
        own.backend.evicts = evicts;
        own.trial("000001");
        own.tick();
        own.claim(first);
        own.tick();
        own.post(SpoolKind::timeout, first, 143);
        own.end(first, 143);
        own.ticks(2);
        EXPECT_EQ(own.task("000001").counted, evicts ? 0 : 1);
        own.ticks(6);
        EXPECT_EQ(own.task("000001").counted, 1);
        EXPECT_EQ(own.spooled(), "");
    }
}

TEST_F(WatcherAttempts, ASuccessStaysOneWhoeverToldItToEnd) {
    world.tick();
    world.claim(first);
    world.post(SpoolKind::evicted, first, 0);
    world.end(first);
    world.ticks(2);
    EXPECT_EQ(world.outcome("000001").state, EndState::complete);
    EXPECT_EQ(world.spooled(), "");
}

// That it was told to end does not make it heard of.
TEST_F(WatcherAttempts, WhatWasToldToEndAndVanishedIsLost) {
    world.tick();
    world.claim(first);
    world.tick();
    world.post(SpoolKind::evicted, first, 0);
    world.backend.jobs.erase(first);
    world.ticks(3);
    EXPECT_EQ(attempt(), 2);
    EXPECT_EQ(world.task("000001").uncounted, 0);
}

}  // namespace
}  // namespace tw::test
