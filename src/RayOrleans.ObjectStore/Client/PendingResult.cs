namespace RayOrleans.ObjectStore;

/// <summary>What a request's answer means to its caller.</summary>
internal readonly record struct PendingResult(FrameKind Kind, StoreKey Key, Answer Answer)
{
    public void ThrowUnlessDone()
    {
        if (Answer.Status != AnswerStatus.Done)
            throw StoreRequestException.Of(Kind, Key, Answer);
    }

    public bool IsFound()
    {
        if (Answer.Status == AnswerStatus.NotFound)
            return false;
        ThrowUnlessDone();
        return true;
    }

    public T Value<T>()
    {
        ThrowUnlessDone();
        return (T)Answer.Value!;
    }
}
