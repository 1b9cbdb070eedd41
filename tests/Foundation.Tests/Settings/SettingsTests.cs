using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Ssl.Shared.Foundation.Settings;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Settings;

public sealed class SettingsTests
{
    sealed record OuterOptions
    {
        public InnerOptions Replay { get; init; } = new();

        public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(1);

        public string[] Names { get; init; } = [];

        public Dictionary<string, InnerOptions> Lines { get; init; } = new Dictionary<string, InnerOptions>();
    }

    sealed record InnerOptions
    {
        [Range(1, 100)]
        public long CapacityBytes { get; init; } = 10;
    }

    static readonly MovedSettings Moved = new MovedSettings()
        .Renamed("Learner:Interval", "Learner:Every")
        .Removed("Learner:Replay:Colour", "every colour is kept")
        .IntoRecipe("pretraining-2026-11", "Learner:Objectives", "Learner:Replay:Warp");

    static OuterOptions Read(params (string Key, string Value)[] settings) => new ServiceCollection().AddValidatedOptions<OuterOptions>(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build(),
        "Learner", Moved);

    [Fact]
    public void Values_are_read_and_the_rest_keeps_its_default()
    {
        var options = Read(("learner:replay:capacitybytes", "50"), ("Learner:Names:0", "a"), ("Learner:Names:1", "b"));
        Assert.Equal((50, TimeSpan.FromMinutes(1)), (options.Replay.CapacityBytes, options.Every));
        Assert.Equal(["a", "b"], options.Names);
    }

    [Fact]
    public void Sections_that_users_name_are_read_and_listed()
    {
        Assert.Equal(7, Read(("Learner:Lines:german:CapacityBytes", "7")).Lines["german"].CapacityBytes);
        var listed = new SettingsSection("Learner", typeof(OuterOptions)).Settings().Select(s => s.Key);
        Assert.Contains("Learner:Lines:{name}:CapacityBytes", listed);
    }

    [Fact]
    public void A_file_that_is_being_replaced_is_not_taken_for_one_without_settings()
    {
        using var folder = new TemporaryFolder();
        var builder = new ConfigurationBuilder().SetBasePath(folder.Path).AddJsonFile("appsettings.json", optional: true)
            .AddInMemoryCollection([KeyValuePair.Create<string, string?>("a", "b")]);
        _ = builder.Build();
        var settings = new LiveSettings(builder);
        Assert.Null(settings.Read()["Learner:Every"]);
        File.WriteAllText(folder.File("appsettings.json"), """{ "Learner": { "Every": "00:01:00" } }""");
        var now = settings.Read();
        Assert.Equal(("00:01:00", "b"), (now["Learner:Every"], now["a"]));
        File.WriteAllText(folder.File("appsettings.json"), """{ "Learner": """);
        Assert.Throws<InvalidDataException>(() => settings.Read());
        File.Delete(folder.File("appsettings.json"));
        Assert.ThrowsAny<IOException>(() => settings.Read());
    }

    [Theory]
    [InlineData("Learner:Replai:CapacityBytes", "50", "Learner:Replai; did you mean Replay?")]
    [InlineData("Learner:Replay:CapacityByte", "50", "Learner:Replay:CapacityByte; did you mean CapacityBytes?")]
    [InlineData("Learner:Xyz", "50", "there are: Every, Lines, Names, Replay")]
    [InlineData("Learner:Lines:german:CapacityByte", "50", "Learner:Lines:german:CapacityByte; did you mean CapacityBytes?")]
    [InlineData("Learner:Lines:german:CapacityBytes", "0", "Learner:Lines:german:CapacityBytes is '0'", "between 1 and 100")]
    [InlineData("Learner:Lines:german", "50", "Learner:Lines:german is '50'", "CapacityBytes")]
    [InlineData("Learner:Replay:CapacityBytes", "1000", "Learner:Replay:CapacityBytes is '1000'", "between 1 and 100")]
    [InlineData("Learner:Replay:CapacityBytes", "much", "Learner:Replay:CapacityBytes", "'much'")]
    [InlineData("Learner:Replay", "50", "Learner:Replay is '50'", "CapacityBytes")]
    [InlineData("Learner:Every:Minutes", "5", "Learner:Every:Minutes", "not a section")]
    [InlineData("Learner", "50", "Learner is '50'")]
    [InlineData("learner:interval", "50", "interval any more: it is now Learner:Every")]
    [InlineData("Learner:Replay:Colour", "50", "Learner:Replay:Colour any more: every colour is kept")]
    [InlineData("Learner:Replay:Warp", "50", "part of the recipe pretraining-2026-11")]
    [InlineData("Learner:Objectives:Distractors", "50",
        "Learner:Objectives:Distractors any more: it is part of the recipe pretraining-2026-11")]
    public void A_wrong_setting_is_named(string key, string value, params string[] expected)
    {
        var refused = Assert.Throws<InvalidSettingException>(() => Read((key, value)));
        Assert.All(expected, text => Assert.Contains(text, refused.Message));
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Theory]
    [InlineData("--Lerner:Every=1", "did you mean Learner?")]
    [InlineData("Learner:Every=1", "--Section:Key=value")]
    [InlineData("--Learner:Every", "no value")]
    [InlineData("--Learner:Every --Urls=x", "no value")]
    public void A_wrong_argument_is_named(string arguments, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidSettingException>(() => SettingNames.CheckArguments(arguments.Split(' '))).Message);

    [Fact]
    public void Arguments_may_be_written_with_a_space() =>
        SettingNames.CheckArguments(["--Learner:Every", "00:01:00", "--urls=http://localhost:1"]);

    [Fact]
    public void A_wrong_section_of_a_file_is_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("appsettings.json"),
            """{ "$schema": "x", "Learner": { "Every": "00:01:00" }, "Transcriver": { "a": 1 } }""");
        var configuration = new ConfigurationBuilder().SetBasePath(folder.Path).AddJsonFile("appsettings.json").Build();
        var refused = Assert.Throws<InvalidSettingException>(() => SettingNames.CheckFiles(configuration));
        Assert.Contains("Transcriver; did you mean Transcriber?", refused.Message);
        Assert.Contains("appsettings.json", refused.Message);
    }
}
