using System.Reflection;
using System.Xml.Linq;
using Ssl.TestKit;

namespace Ssl.Architecture.Tests;

/// <summary>Which projects may reference which (docs/adr/0001).</summary>
public sealed class ProjectTests
{
    static readonly string[] Services = ["Ssl.Ingest", "Ssl.Learner", "Ssl.Transcriber"];

    [Theory]
    [InlineData("Ssl.Shared.Foundation", "")]
    [InlineData("Ssl.Shared.Speech", "Ssl.Shared.Foundation")]
    [InlineData("Ssl.Ingest", "Ssl.Shared.Foundation")]
    [InlineData("Ssl.Learner", "Ssl.Shared.Foundation Ssl.Shared.Speech")]
    [InlineData("Ssl.Transcriber", "Ssl.Shared.Foundation Ssl.Shared.Speech")]
    [InlineData("Ssl.Cli.Broker", "Ssl.Shared.Foundation")]
    [InlineData("ssl", "Ssl.Cli.Broker Ssl.Ingest Ssl.Learner Ssl.Shared.Foundation Ssl.Shared.Speech Ssl.Transcriber")]
    public void A_project_knows_only_what_stands_left_of_it(string assembly, string allowed)
    {
        var known = Assembly.Load(assembly).GetReferencedAssemblies().Select(a => a.Name!)
            .Where(name => name.StartsWith("Ssl.", StringComparison.Ordinal) || name == "ssl").Order().ToArray();
        Assert.Subset(allowed.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(), known.ToHashSet());
    }

    [Fact]
    public void Project_files_reference_no_service_but_from_the_command()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(SharedFolder.RepositoryRoot, "src"), "*.csproj", SearchOption.AllDirectories))
        {
            var references = XDocument.Load(file).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension((string)r.Attribute("Include")!));
            if (Path.GetFileNameWithoutExtension(file) != "Cli")
                Assert.DoesNotContain(references, name => Services.Contains("Ssl." + name));
        }
    }

    [Fact]
    public void Versions_stand_only_in_the_central_file()
    {
        var files = Directory.EnumerateFiles(SharedFolder.RepositoryRoot, "*.csproj", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(SharedFolder.RepositoryRoot, "deploy"), "*.props", SearchOption.AllDirectories));
        foreach (var file in files)
            Assert.DoesNotContain(XDocument.Load(file).Descendants("PackageReference"), r => r.Attribute("Version") is not null || r.Attribute("VersionOverride") is not null);
    }
}
