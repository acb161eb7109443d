namespace RayOrleans.Silo.Jobs;

/// <summary>A job cannot be submitted, or is not there; the message says why and what to do.</summary>
internal sealed class JobRequestException : Exception
{
    public JobRequestException(string message)
        : base(message)
    {
    }

    public JobRequestException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
