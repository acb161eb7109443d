namespace RayOrleans.Transfer.Tests.Pulling;

/// <summary>Bodies of any length are moved by threads of their own.</summary>
public sealed class FailingSourceOnThreadsTests : FailingSourceTests
{
    public FailingSourceOnThreadsTests() => TransferNode.ThreadBytes.Value = 1;

    [Fact]
    public void Nodes_OfTheseTests_UseThreads() => Assert.Equal(1, TransferNode.ThreadBytes.Value);
}

/// <inheritdoc cref="FailingSourceOnThreadsTests"/>
public sealed class CancellationOnThreadsTests : CancellationTests
{
    public CancellationOnThreadsTests() => TransferNode.ThreadBytes.Value = 1;
}
