namespace RayOrleans.Api.Tests.Fakes;

/// <summary>One object of the fake runtime: a task that a test or an executed call completes.</summary>
internal sealed class FakeEntry
{
    private static long s_next;

    public TaskId TaskId { get; } = new(0xfa4e, (ulong)Interlocked.Increment(ref s_next));

    public TaskCompletionSource<object?> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool Released { get; set; }
}
