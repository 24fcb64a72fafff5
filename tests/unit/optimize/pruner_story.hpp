// Literal histories for pruners: one thing that is told a line.
#pragma once

#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>

#include "optimize/pruner.hpp"

namespace tw::test {

inline PrunerSpec pruner_spec(const std::string& type, Direction direction = Direction::minimize) {
    PrunerSpec spec;
    spec.type = type;
    spec.metric = "loss";
    spec.direction = direction;
    return spec;
}

// Lines: "a 3 0.5" reports; "a ?" judges, and what is said is a line of the answer, "a keep" or "a stop:
// why"; "a = 0.7" ends it as complete with that objective, "a = pruned" as pruned; "a again" forgets it.
class PrunerStory {
public:
    explicit PrunerStory(const PrunerSpec& spec, Direction objective = Direction::minimize)
        : pruner_(make_pruner(spec, {{"cost", objective}}).value()) {}

    std::string tell(const std::string& lines) {
        std::istringstream in(lines);
        std::string answer;
        for (std::string line; std::getline(in, line);) answer += tell_line(line);
        return answer;
    }

    bool stops(const std::string& trial) const { return pruner_->judge(trial).stop; }
    Pruner& pruner() { return *pruner_; }

private:
    static double number(const std::string& word) {
        return word == "nan" ? std::numeric_limits<double>::quiet_NaN() : std::stod(word);
    }

    std::string tell_line(const std::string& line) {
        std::istringstream in(line);
        std::string trial, word, value;
        if (!(in >> trial >> word)) return "";
        in >> value;
        if (word == "?") return answer(trial);
        if (word == "again")
            pruner_->forget(trial);
        else if (word == "=" && value == "pruned")
            pruner_->end(trial, {EndState::pruned, {}});
        else if (word == "=")
            pruner_->end(trial, {EndState::complete, number(value)});
        else
            pruner_->report(trial, std::stoll(word), number(value));
        return "";
    }

    std::string answer(const std::string& trial) const {
        const Judgement judgement = pruner_->judge(trial);
        return trial + (judgement.stop ? " stop: " + judgement.why : " keep") + "\n";
    }

    std::unique_ptr<Pruner> pruner_;
};

}  // namespace tw::test
