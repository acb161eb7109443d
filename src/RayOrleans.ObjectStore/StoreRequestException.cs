namespace RayOrleans.ObjectStore;

/// <summary>A request to a store failed; <see cref="Failure"/> says why.</summary>
public sealed class StoreRequestException : Exception
{
    internal StoreRequestException(StoreFailure failure, string message, Exception? inner = null)
        : base(message, inner) => Failure = failure;

    /// <summary>Why.</summary>
    public StoreFailure Failure { get; }

    internal static StoreRequestException Of(FrameKind kind, StoreKey key, Answer answer)
    {
        (StoreFailure failure, string why) = answer.Status switch
        {
            AnswerStatus.Exists => (StoreFailure.Exists, "there is an object of that key, or one is being written"),
            AnswerStatus.TimedOut => (StoreFailure.TimedOut, "the object was not there in time"),
            AnswerStatus.Cancelled => (StoreFailure.Cancelled, "it was cancelled"),
            AnswerStatus.Full => (StoreFailure.Full, "the store is full"),
            AnswerStatus.CreatorGone => (StoreFailure.CreatorGone, "the process that was writing the object has ended"),
            AnswerStatus.Aborted => (StoreFailure.Aborted, "its creator has given the object up"),
            AnswerStatus.Deleted => (StoreFailure.Deleted, "the object was deleted"),
            AnswerStatus.Damaged => (StoreFailure.Damaged, "the object was lost on disk"),
            AnswerStatus.Unreadable => (StoreFailure.Unreadable, "the object is on disk and cannot be read now"),
            AnswerStatus.Closed => (StoreFailure.Closed, "the store was disposed of"),
            _ => (StoreFailure.Disconnected, "the connection to the store has ended"),
        };
        string detail = answer.Value is string sentence ? $" {sentence}" : "";
        return new StoreRequestException(failure, $"{kind} of {key} failed: {why}.{detail}");
    }
}
