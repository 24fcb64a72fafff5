#include "import/import.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "import/formats.hpp"
#include "import/source.hpp"

namespace tw {

namespace {

using namespace foreign;

struct Format {
    const char* name;
    bool (*is)(const json::Value&);
    void (*read)(const json::Value&, Draft&);
};

// In the order in which they are looked for: the ones before have keys that the ones after do not.
const std::vector<Format>& formats() {
    static const std::vector<Format> list{{"configspace", is_configspace, read_configspace},
                                          {"wandb", is_wandb, read_wandb},
                                          {"nni", is_nni, read_nni},
                                          {"optuna", is_optuna, read_optuna},
                                          {"ray", is_ray, read_ray}};
    return list;
}

std::vector<Error> just(Error error) {
    return {std::move(error)};
}

// nullptr: none.
const Format* format_of(const json::Value& value, const std::string& from) {
    for (const Format& format : formats())
        if (from.empty() ? value.is_object() && format.is(value) : format.name == from) return &format;
    return nullptr;
}

Error unknown_format(const std::string& from, const std::string& file) {
    if (from.empty())
        return {Code::invalid,
                "this is the search space of no tool that is known",
                file,
                {},
                0,
                "say which by --from: " + join(import_formats(), ", ")};
    return {Code::usage, "there is no format '" + from + "'", {}, {}, 0, suggestion(from, import_formats())};
}

int line_of(const Source& source, const std::string& text, std::string pointer) {
    for (;;) {
        const auto known = source.lines.find(pointer);
        if (known != source.lines.end()) return known->second;
        if (source.lines.empty()) return line_of_pointer(text, pointer);
        if (pointer.empty()) return 0;
        pointer.erase(pointer.rfind('/'));
    }
}

// Each line of JSON costs a walk over the text; nobody reads beyond the first hundred.
std::vector<Error> with_lines(std::vector<Error> errors, const Source& source, const std::string& text) {
    for (std::size_t i = 0; i < errors.size() && i < 100; ++i)
        errors[i].line = line_of(source, text, errors[i].pointer);
    return errors;
}

// What the readers above did not see: it is a mistake all the same, with its place in what came out.
std::vector<Error> not_accepted(std::vector<Error> errors, const std::string& file) {
    for (Error& error : errors) {
        error.what = "what it would become is not possible: " + error.what;
        error.file = file;
        error.line = 0;
    }
    return errors;
}

}  // namespace

const std::vector<std::string>& import_formats() {
    static const std::vector<std::string> names{"wandb", "nni", "ray", "configspace", "optuna"};
    return names;
}

tl::expected<Imported, std::vector<Error>> import_space(const std::string& text, const std::string& file,
                                                        const std::string& from) {
    const auto source = read_source(text, file);
    if (!source) return tl::unexpected(just(source.error()));
    const Format* format = format_of(source->value, from);
    if (!format) return tl::unexpected(just(unknown_format(from, file)));
    Draft draft(file);
    if (!source->value.is_object())
        draft.mistakes.add("",
                           fmt::format("the file must be an object, not {}", json::kind_name(source->value)));
    else
        format->read(source->value, draft);
    if (draft.mistakes.errors.empty() && draft.space.parameters.empty())
        draft.mistakes.add("", "it has no parameters");
    if (!draft.mistakes.errors.empty())
        return tl::unexpected(with_lines(std::move(draft.mistakes.errors), *source, text));
    Imported imported{format->name, draft.text(), with_lines(std::move(draft.notes.errors), *source, text)};
    if (auto read = read_experiment(imported.experiment, file); !read)
        return tl::unexpected(not_accepted(std::move(read.error()), file));
    return imported;
}

}  // namespace tw
