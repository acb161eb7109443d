namespace RayOrleans.Core.Tests.Resources;

public sealed class ResourceShapeTests
{
    [Fact]
    public void Equality_SameAmountsInOtherOrder_IsEqual()
    {
        ResourceShape one = new(1, 2, 3, new Dictionary<string, long> { ["a"] = 1, ["b"] = 2 });
        ResourceShape other = new(1, 2, 3, new Dictionary<string, long> { ["b"] = 2, ["a"] = 1, ["c"] = 0 });

        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
        Assert.NotEqual(one, new ResourceShape(1, 2, 3, new Dictionary<string, long> { ["a"] = 1 }));
    }

    [Fact]
    public void Gpus_AboveOneAndBroken_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new ResourceShape(0, gpu: ResourceAmount.One * 3 / 2));
    }

    [Fact]
    public void Text_NamesWhatIsAskedFor()
    {
        Assert.Equal("{CPU: 0.5, GPU: 1, tpu: 2}", new ResourceShape(5_000, 10_000, 0, new Dictionary<string, long> { ["tpu"] = 20_000 }).ToString());
    }
}
