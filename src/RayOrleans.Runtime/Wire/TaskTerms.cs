using RayOrleans.Core;

namespace RayOrleans.Runtime.Wire;

/// <summary>How a task from another node is to be run.</summary>
/// <param name="Options">Its options, without a reservation: which ledger they mean is for the receiver to find by its <see cref="RetryTaskOptions.Strategy"/>.</param>
/// <param name="Name">The name of the task, for people.</param>
/// <param name="FunctionName">The name of its function, for people.</param>
internal readonly record struct TaskTerms(TaskOptions Options, string? Name, string? FunctionName);
