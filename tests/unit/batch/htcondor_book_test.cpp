// What the log of real jobs makes of them. Logs under data/htcondor were written by HTCondor 23.9.6.
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "batch/htcondor/job_book.hpp"
#include "batch/htcondor/read_events.hpp"

namespace tw {
namespace {

using Phase = CondorJob::Phase;

struct HtcondorBook : testing::Test {
    JobBook book;

    void tell(const std::string& text) {
        for (auto& entry : read_events(text).events)
            book.take(entry.event, static_cast<std::int64_t>(entry.at), Seconds(10));
    }
    void tell_recorded(const std::string& name) {
        std::ifstream file(std::string(SOURCE_DIR) + "/tests/unit/batch/data/htcondor/" + name);
        tell({std::istreambuf_iterator<char>(file), {}});
    }
    static std::string event(const std::string& number, const std::string& title,
                             const std::string& body = "", const std::string& job = "005.000.000") {
        return number + " (" + job + ") 2026-11-25 16:05:05 " + title + "\n" + body + "...\n";
    }
    static std::string submitted() {
        return event("000", "Job submitted from host: <x>", "    trialwatch t.3\n");
    }
    static std::string executing() {
        return event("001", "Job executing on host: <x>", "\tSlotName: slot1_1@n7\n");
    }
    static std::string evicted() { return event("004", "Job was evicted.", "\t(0) CPU times\n"); }
    static std::string terminated(int status) {
        return event("005", "Job terminated.",
                     "\t(1) Normal termination (return value " + std::to_string(status) + ")\n");
    }
    static std::string aborted(const std::string& reason) {
        return event("009", "Job was aborted.", "\t" + reason + "\n");
    }
    CondorJob job() const {
        const CondorJob* found = book.of({"t", 3});
        EXPECT_TRUE(found);
        return found ? *found : CondorJob{};
    }
};

TEST_F(HtcondorBook, a_job_that_exits_is_surely_gone) {
    tell(submitted());
    EXPECT_EQ(job().phase, Phase::idle);
    tell(executing());
    EXPECT_EQ(job().phase, Phase::running);
    EXPECT_EQ(job().host, "n7");
    tell(terminated(3));
    EXPECT_EQ(job().end->cause, EndCause::exited);
    EXPECT_EQ(job().end->status, 3);
    EXPECT_TRUE(job().end->confirmed);
}

TEST_F(HtcondorBook, jobs_of_others_in_the_log_are_left_out) {
    tell(event("000", "Job submitted from host: <x>", "    DAG Node: A\n"));
    tell(executing());
    EXPECT_TRUE(book.jobs().empty());
}

TEST_F(HtcondorBook, the_answer_of_a_submission_comes_before_the_log) {
    book.learn({5, 0}, {"t", 3});
    EXPECT_EQ(job().phase, Phase::idle);
    EXPECT_EQ(job().from, -1);
    tell(submitted() + executing());
    EXPECT_EQ(book.jobs().size(), 1u);
    EXPECT_EQ(job().phase, Phase::running);
    EXPECT_EQ(job().from, 0);
}

TEST_F(HtcondorBook, an_id_that_is_given_twice_is_another_job) {
    tell(submitted() + executing() + terminated(0));
    EXPECT_TRUE(job().end);
    tell(event("000", "Job submitted from host: <x>", "    trialwatch u.1\n") + executing());
    EXPECT_FALSE(book.of({"t", 3}));
    ASSERT_TRUE(book.of({"u", 1}));
    EXPECT_EQ(book.of({"u", 1})->phase, Phase::running);
    EXPECT_FALSE(book.of({"u", 1})->end);
}

TEST_F(HtcondorBook, a_job_that_was_taken_off_its_machine_ends_as_preempted_whatever_comes_of_it) {
    tell(submitted() + executing() + evicted());
    EXPECT_EQ(job().phase, Phase::idle);
    ASSERT_TRUE(job().fate);
    EXPECT_EQ(job().fate->cause, EndCause::preempted);
    tell(executing() + terminated(0));  // the second start found the claim taken
    EXPECT_EQ(job().end->cause, EndCause::preempted);
    EXPECT_TRUE(job().end->confirmed) << "the first start was told to be over";
}

TEST_F(HtcondorBook, a_killed_shadow_leaves_two_starts_and_no_certainty) {
    tell(submitted() + executing() + executing());
    EXPECT_TRUE(job().doubled);
    tell(terminated(0));
    EXPECT_EQ(job().end->cause, EndCause::node);
    EXPECT_FALSE(job().end->confirmed);
}

TEST_F(HtcondorBook, the_recorded_log_of_a_killed_shadow_says_so_too) {
    tell_recorded("killed_shadow.log");
    const CondorJob* killed = book.of({"tr1x", 0});
    ASSERT_TRUE(killed && killed->end);
    EXPECT_EQ(killed->end->cause, EndCause::node);
    EXPECT_FALSE(killed->end->confirmed);
}

TEST_F(HtcondorBook, a_job_that_was_found_again_goes_on) {
    tell(submitted() + executing() + event("022", "Job disconnected, attempting to reconnect", "    why\n"));
    EXPECT_EQ(job().detail, "disconnected: why");
    tell(event("023", "Job reconnected to slot1_1@n8"));
    EXPECT_EQ(job().phase, Phase::running);
    EXPECT_EQ(job().host, "n8");
    tell(terminated(0));
    EXPECT_TRUE(job().end->confirmed);
    EXPECT_EQ(job().end->cause, EndCause::exited);
}

TEST_F(HtcondorBook, a_machine_that_is_not_found_again_may_still_run_the_job) {
    tell(submitted() + executing() + event("024", "Job reconnection failed", "    lease expired\n"));
    EXPECT_EQ(job().phase, Phase::idle);
    EXPECT_EQ(job().fate->cause, EndCause::node);
    tell(aborted(removal_reason(EndCause::node) + " (by user ada)"));
    EXPECT_EQ(job().end->cause, EndCause::node);
    EXPECT_FALSE(job().end->confirmed);
}

TEST_F(HtcondorBook, a_shadow_exception_is_the_clusters_fault) {
    tell(submitted() + executing() +
         event("007", "Shadow exception!", "\tError from n7: disk full\n\t0  -  Run Bytes\n"));
    EXPECT_EQ(job().fate->cause, EndCause::node);
    EXPECT_THAT(job().fate->detail, testing::HasSubstr("disk full"));
}

TEST_F(HtcondorBook, what_a_removal_was_for_is_read_from_its_reason) {
    for (EndCause cause : {EndCause::cancelled, EndCause::held, EndCause::time_limit, EndCause::memory,
                           EndCause::node, EndCause::preempted}) {
        JobBook fresh;
        book = fresh;
        tell(submitted() + event("012", "Job was held.", "\ttoo long\n\tCode 46 Subcode 0\n"));
        EXPECT_EQ(job().phase, Phase::held);
        tell(aborted(removal_reason(cause) + " (by user ada)"));
        EXPECT_EQ(job().end->cause, cause);
        EXPECT_TRUE(job().end->confirmed) << "it never ran";
    }
    book = JobBook();
    tell(submitted() + aborted("via condor_rm (by user ada)"));
    EXPECT_EQ(job().end->cause, EndCause::cancelled);
    EXPECT_EQ(job().end->detail, "via condor_rm (by user ada)");
}

TEST_F(HtcondorBook, a_removal_is_certain_only_when_the_machine_has_told) {
    tell(submitted() + executing() + aborted("via condor_rm -forcex (by user ada)"));
    EXPECT_FALSE(job().end->confirmed);
    book = JobBook();
    tell(submitted() + executing() +
         aborted("via condor_rm (by user ada)\n\n\tJob terminated by <10.0.0.1:9> at 2026-11-25T16:05:05Z "
                 "(using method 1)."));
    EXPECT_TRUE(job().end->confirmed);
}

TEST_F(HtcondorBook, a_job_that_was_told_to_do_nothing_is_none_of_ours) {
    tell(submitted() + terminated(0));
    EXPECT_FALSE(book.of({"t", 3}));
}

TEST_F(HtcondorBook, of_two_jobs_with_one_tag_the_living_one_counts) {
    tell(submitted() + executing());
    tell(event("000", "Job submitted from host: <x>", "    trialwatch t.3\n", "006.000.000") +
         event("001", "Job executing on host: <x>", "", "006.000.000") +
         event("005", "Job terminated.", "\t(1) Normal termination (return value 0)\n", "006.000.000"));
    EXPECT_EQ(job().id.text(), "5.0") << "the other one found the claim taken";
    tell(evicted() + aborted(removal_reason(EndCause::preempted)));
    EXPECT_EQ(job().end->cause, EndCause::preempted);
}

TEST_F(HtcondorBook, a_cluster_that_makes_more_speaks_for_jobs_that_are_not_made) {
    book.learn({11, 1}, {"tfac", 5});
    tell(event("035", "Cluster submitted from host: <x>", "    trialwatch tfac.3\n", "011.-01.000"));
    EXPECT_TRUE(book.makes_more("tfac"));
    tell(event("036", "Cluster removed", "\tMaterialized 1 jobs from 3 items.\tIncomplete\n", "011.-01.000"));
    EXPECT_FALSE(book.makes_more("tfac"));
    ASSERT_TRUE(book.of({"tfac", 5})->end);
    EXPECT_EQ(book.of({"tfac", 5})->end->cause, EndCause::cancelled);
    EXPECT_TRUE(book.of({"tfac", 5})->end->confirmed);
}

TEST_F(HtcondorBook, what_has_ended_is_forgotten_and_the_log_needed_from_the_oldest_that_lives) {
    std::string first = submitted() + executing() + terminated(0);
    tell(first + event("000", "Job submitted from host: <x>", "    trialwatch u.1\n", "006.000.000"));
    EXPECT_EQ(book.forget(Seconds(10), 9000), 0) << "it ended this moment";
    EXPECT_EQ(book.forget(Seconds(11), 9000), static_cast<std::int64_t>(first.size()));
    EXPECT_FALSE(book.of({"t", 3}));
    book.learn({7, 0}, {"v", 0});  // submitted, and not in the log yet: it will be behind the end
    tell(event("009", "Job was aborted.", "", "006.000.000"));
    EXPECT_EQ(book.forget(Seconds(11), 9000), 9000);
}

TEST(HtcondorNotes, go_there_and_back) {
    EXPECT_EQ(read_condor_notes(condor_notes("tabc", "12")), (JobTag{"tabc", 12}));
    for (const char* other : {"", "trialwatch", "trialwatch t", "trialwatch .1", "trialwatch t.",
                              "trialwatch t.x", "trialwatch t.1 2", "trialwatch t.-1", "DAG Node: A"})
        EXPECT_FALSE(read_condor_notes(other)) << other;
}

}  // namespace
}  // namespace tw
