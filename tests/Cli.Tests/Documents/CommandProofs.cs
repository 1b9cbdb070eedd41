namespace Ssl.Cli.Tests.Documents;

/// <summary>By which test, or by which step of CI, each command of the documents is run.</summary>
static class CommandProofs
{
    const string User = "UserSessionTests.Each_command_of_a_user_does_its_work";
    const string Operator = "OperatorSessionTests.Each_command_answers_as_documented_and_every_replica_follows";
    const string Composed = "CompositionTests.It_learns_swaps_is_scraped_and_loses_nothing_when_each_container_is_killed";

    /// <summary><c>Class.Method</c> of a test, or <c>ci: </c> and the line of .ci/run.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["ssl up"] = User,
        ["ssl transcribe"] = User,
        ["ssl listen"] = User,
        ["ssl models"] = User,
        ["ssl models import"] = User,
        ["ssl models export"] = User,
        ["ssl publish"] = User,
        ["ssl label"] = User,
        ["ssl labels next"] = User,
        ["ssl labels check"] = "CommandLineTests.Numbers_are_written_the_same_way_in_every_language",
        ["ssl dlq list"] = User,
        ["ssl dlq show"] = User,
        ["ssl dlq replay"] = User,
        ["ssl learning pause"] = User,
        ["ssl learning resume"] = User,
        ["ssl models pin"] = Operator,
        ["ssl models unpin"] = Operator,
        ["ssl models promote"] = Operator,
        ["ssl models rollback"] = Operator,
        ["ssl models diff"] = Operator,
        ["ssl models history"] = Operator,
        ["ssl init"] = "CommandLineTests.A_settings_file_with_every_setting_as_a_comment_is_accepted_and_not_overwritten",
        ["ssl doctor"] = "CommandLineTests.A_machine_without_broker_labels_and_gpu_has_warnings_and_no_fault",
        ["ssl settings"] = "ToolPackageTests.The_program_that_is_installed_from_the_package_finds_its_libraries",
        ["ssl keys new"] = User,
        ["ssl completion"] = "CommandLineTests.The_shell_completes_commands_and_options",
        ["dotnet run"] = "ThreeProcessesTests.Audio_from_a_plain_producer_becomes_an_answer_and_a_killed_learner_goes_on_where_it_was",
        ["dotnet tool"] = "ToolPackageTests.The_program_that_is_installed_from_the_package_finds_its_libraries",
        ["dotnet restore"] = "ci: make check",
        ["make check"] = "ci: make check",
        ["make setup"] = "ci: make check",
        ["make test"] = "ci: make test",
        ["make sbom"] = "ci: make sbom",
        ["deploy/images/build.sh"] = Composed,
    };
}
