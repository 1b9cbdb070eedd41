using Ssl.Learner.Pretraining;

namespace Ssl.Learner.Tests.Pretraining;

public sealed class PretrainingRecipeTests
{
    /// <summary>Manifests and results name recipes; one name must always mean the same values.</summary>
    [Fact]
    public void Other_values_need_another_name()
    {
        var recipe = new PretrainingRecipe();
        Assert.Equal("pretraining-2026-11", recipe.Name);
        Assert.Equal("ff3df887d05654576b12eabfc0643c05a86ce4d7e16f443a3a7bb79baf206d0e", recipe.Fingerprint);
    }
}
