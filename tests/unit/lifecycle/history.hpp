// Literal histories: a trial's life as text, one event a line, and what must be true after it.
//
//     TIME EVENT [STAGE[/TASK][#ATTEMPT]] [KEY=VALUE | WORD]... [-> EXPECTED]
//
// TIME is in seconds. The task is 0 and the attempt the current one unless they are given. Keys: rc, flag
// (1), since (when the attempt started), host, text, number; other words make the list. Words with blanks
// stand in 'quotes'.
//
// EXPECTED is "late" (nothing changed), "error", or what `look` says: the trial's state, then what it
// owes: "running: freeze flow; submit train#1; term|kill train#1 [(queued)]; quarantine; conclude;
// settle; abandon train#1; wake TIME". Without "->" the event must take effect.
//
// Lines that are no events: "T look", "T stages", "T tasks STAGE" (states, in order), and
// "T conclude [cost=X | bad]": the trial must owe its end and gets it, from that result; EXPECTED is
// "STATE [KIND[ STAGE]: REASON]".
#pragma once

#include <string>
#include <vector>

#include "lifecycle/owed.hpp"
#include "lifecycle/step.hpp"

namespace tw::test {

inline constexpr double first_second = 1'750'000'000;
inline Instant at(double seconds) {
    return Instant(Seconds(first_second + seconds));
}

// train -> flow (array) -> metric; each argument is spliced into its stage, `limits` into "limits".
std::string pipeline(const std::string& train = {}, const std::string& flow = {},
                     const std::string& metric = {}, const std::string& limits = {});

// {"name":..., objectives, space, "stages": [<stages>]}
std::string experiment_text(const std::string& stages, const std::string& limits = {});
Experiment experiment_of(const std::string& text);

std::string text_of(const TaskName& name);
std::string text_of(const Outcome& outcome);

class History {
public:
    explicit History(const std::string& experiment = pipeline(), const TrialId& id = "000001");

    void play(const std::string& lines);
    Result<bool> apply(Event event);

    std::string look(double time) const;

    Experiment experiment;
    Trial trial;

private:
    struct Line;
    void play_line(const Line& line);
    std::string outcome_of(const Line& line);
    std::string told(const Line& line);
    Event event_of(const Line& line) const;
    std::string stages() const;
    std::string tasks(const std::string& stage) const;
};

}  // namespace tw::test
