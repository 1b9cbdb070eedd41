using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Registry;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Registry;

public sealed class RecipeTests
{
    [Fact]
    public void Recipe_is_written_in_order_of_names_without_computed_values() =>
        Assert.Equal("""{"inner":{"a":1,"b":0.5},"kind":"Encoder","name":"test-2026-11","warmup":"00:00:02"}""",
            new TestRecipe().ToJson().ToJsonString());

    [Fact]
    public void Fingerprint_depends_on_every_value()
    {
        Assert.Equal(new TestRecipe().Fingerprint, new TestRecipe { Inner = new Inner() }.Fingerprint);
        Assert.Matches("^[0-9a-f]{64}$", new TestRecipe().Fingerprint);
        TestRecipe[] recipes =
            [new(), new() { Name = "other" }, new() { Inner = new Inner { B = 0.25 } }, new() { Kind = ModelKind.Recognizer }];
        Assert.Equal(4, recipes
            .Select(r => r.Fingerprint).Distinct().Count());
    }

    [Fact]
    public void Manifest_keeps_the_recipes_of_its_version()
    {
        using var folder = new TemporaryFolder();
        var options = new RegistryOptions { Path = folder.Path };
        var registry = new ModelRegistry(options, TimeProvider.System, NullLogger<ModelRegistry>.Instance);
        var recipe = new TestRecipe();
        var epoch = registry.AcquireEpoch("test");
        var recipes = new Dictionary<string, JsonObject> { ["pretraining"] = recipe.ToJson() };
        registry.Publish(ModelKind.Encoder, new ManifestDraft { Recipes = recipes }, epoch, _ => { });
        registry.Publish(ModelKind.Encoder, new ManifestDraft(), epoch, _ => { });
        Assert.Equal(recipe.ToJson().ToJsonString(), registry.List(ModelKind.Encoder)[0].Recipes!["pretraining"].ToJsonString());
        Assert.Null(registry.List(ModelKind.Encoder)[1].Recipes);
    }

    sealed record TestRecipe : Recipe
    {
        public override string Name { get; init; } = "test-2026-11";
        public TimeSpan Warmup { get; init; } = TimeSpan.FromSeconds(2);
        public ModelKind Kind { get; init; }
        public Inner Inner { get; init; } = new();
        public double Twice => Inner.B * 2;
    }

    sealed record Inner
    {
        public double B { get; init; } = 0.5;
        public int A { get; init; } = 1;
    }
}
