using System.CodeDom.Compiler;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using Ssl.TestKit;

namespace Ssl.Architecture.Tests;

/// <summary>Rules of the projects and their assemblies (docs/adr/0001).</summary>
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
        var source = Path.Combine(SharedFolder.RepositoryRoot, "src");
        foreach (var file in Directory.EnumerateFiles(source, "*.csproj", SearchOption.AllDirectories))
        {
            var references = XDocument.Load(file).Descendants("ProjectReference")
                .Select(r => Path.GetFileNameWithoutExtension((string)r.Attribute("Include")!));
            if (Path.GetFileNameWithoutExtension(file) != "Cli")
                Assert.DoesNotContain(references, name => Services.Contains("Ssl." + name));
        }
    }

    [Theory]
    [InlineData("Ssl.Shared.Foundation")]
    [InlineData("Ssl.Shared.Speech")]
    [InlineData("Ssl.Ingest")]
    [InlineData("Ssl.Learner")]
    [InlineData("Ssl.Transcriber")]
    [InlineData("ssl")]
    public void No_constructor_has_more_than_eight_parameters(string assembly)
    {
        const BindingFlags Instance = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;
        var crowded = Assembly.Load(assembly).GetTypes().Where(t => !IsRecord(t) && !IsGenerated(t))
            .SelectMany(t => t.GetConstructors(Instance)).Where(c => c.GetParameters().Length > 8)
            .Select(c => $"{c.DeclaringType}: {c.GetParameters().Length}");
        Assert.Empty(string.Join('\n', crowded));

        // Records are data: a parameter of theirs is a property. Only records have PrintMembers.
        static bool IsRecord(Type type) => type.GetMethod("PrintMembers", Instance | BindingFlags.DeclaredOnly) is not null;

        // Closures and iterators of the compiler, states of the log generator.
        static bool IsGenerated(Type type) =>
            type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
            || type.IsDefined(typeof(GeneratedCodeAttribute), inherit: false);
    }

    [Fact]
    public void Versions_stand_only_in_the_central_file()
    {
        var files = Directory.EnumerateFiles(SharedFolder.RepositoryRoot, "*.csproj", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(SharedFolder.RepositoryRoot, "deploy"), "*.props", SearchOption.AllDirectories));
        foreach (var file in files)
            Assert.DoesNotContain(XDocument.Load(file).Descendants("PackageReference"),
                r => r.Attribute("Version") is not null || r.Attribute("VersionOverride") is not null);
    }
}
