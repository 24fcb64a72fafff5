// Private to lib/import: what a reader of one format fills in.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "records/experiment.hpp"
#include "records/object_reader.hpp"

namespace tw::foreign {

class Draft {
public:
    explicit Draft(const std::string& file) : mistakes{file, {}}, notes{file, {}} {}

    // Takes a parameter by its name over there, which may have to be changed; the pointer is where it stands.
    void add(Parameter parameter, const std::string& pointer);

    // The name here of one that was added; empty: there is none.
    std::string name_of(const std::string& original) const;
    Parameter* find(const std::string& original);

    // Adds a condition. All must hold: two on one parent are drawn together. False: together they can never
    // hold.
    bool restrict_to(Parameter& child, Condition condition);

    void note(const std::string& pointer, std::string what, std::string hint = {}) {
        notes.add(pointer, std::move(what), std::move(hint));
    }

    // Each key of the object that is none of `known` is said not to be carried over.
    void note_others(const json::Value& object, const std::string& pointer,
                     const std::vector<std::string>& known);

    std::string text() const;  // of the experiment.json

    Mistakes mistakes;  // what cannot be read at all
    Mistakes notes;     // what is not carried over as it stands
    Space space;
    std::string title, sampler;
    std::vector<Objective> objectives;
    std::int64_t trials = -1, parallel = -1;  // -1: not stated
    std::optional<double> target;             // of the one objective: reached, the search ends

private:
    std::map<std::string, std::string> names_;  // here, by those over there
    bool full_ = false;
};

}  // namespace tw::foreign
