"""Checks for the exercises: each says what is right, or what to look at (every chapter).

A checker never gives the solution away, and never raises: a mistake of yours is an answer too.
"""

from helpers.exercises.ablation import flat_inputs, paired
from helpers.exercises.cnn import conv_parameters, convolution
from helpers.exercises.comparison import nearest_vote, standard_error
from helpers.exercises.cutmix import kept_share, paste, to_learn_from
from helpers.exercises.dataset import never_drawn, random_start
from helpers.exercises.gradcam import grad_cam, hottest_window
from helpers.exercises.leakage import kept_together, uploaded_beside
from helpers.exercises.listening import speaks_for, window_starts
from helpers.exercises.many import amdahl, search_ends
from helpers.exercises.mfcc import deltas, frame_count
from helpers.exercises.pruning import by_magnitude, reached_at
from helpers.exercises.scores import by_session, macro_recall
from helpers.exercises.sound import audible_partials, hollow_recipe
from helpers.exercises.today import area_by_pairs, refusal
from helpers.exercises.tuning import random_search, tested_once
